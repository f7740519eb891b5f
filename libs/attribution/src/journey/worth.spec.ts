import { describe, expect, it } from '@jest/globals';
import { fraction } from '../exact/fraction.ts';
import { outcomesOf } from './censoring.ts';
import { convert, type Rate } from './money.ts';
import { worthOf, type Deal, type WorthRules } from './worth.ts';

const rate = (from: string, since: number, over: bigint, under: bigint, to = 'EUR'): Rate => ({
  from,
  to,
  since,
  rate: fraction(over, under),
});
const rules: WorthRules = {
  asOf: 100,
  currency: 'EUR',
  rates: [
    rate('USD', 10, 9n, 10n),
    rate('USD', 50, 23n, 25n),
    rate('JPY', 0, 3n, 5n),
    rate('GBP', 99, 6n, 5n),
  ],
  probabilities: new Map([
    ['discovery', fraction(1n, 3n)],
    ['wrong', fraction(3n, 2n)],
  ]),
};
const deal = (more: Partial<Deal>): Deal => ({
  id: 'deal-1',
  outcome: 'won',
  closedAt: 40,
  milestones: { lead: null, opportunity: null },
  amount: { amount: 10_005n, currency: 'USD' },
  stage: 'discovery',
  ...more,
});
const known = (amount: bigint) => ({ is: 'known', amount });
const refusal = (code: string, field: string) => expect.objectContaining({ code, field });

describe('what a deal is worth', () => {
  it('revenue: converted at its close, rounded half up once', () => {
    expect(worthOf(deal({}), 'revenue', rules)).toEqual(known(9_005n));
    expect(worthOf(deal({ closedAt: 49 }), 'revenue', rules)).toEqual(known(9_005n));
    expect(worthOf(deal({ closedAt: 50 }), 'revenue', rules)).toEqual(known(9_205n));
    expect(worthOf(deal({ closedAt: null }), 'revenue', rules)).toEqual(known(9_205n));
    expect(worthOf(deal({ amount: { amount: 7n, currency: 'EUR' } }), 'revenue', rules)).toEqual(known(7n));
  });

  it('pipeline: an open amount by the probability of its stage, converted as of the instant asked for', () => {
    const open = deal({ outcome: 'open', closedAt: null });
    expect(worthOf(open, 'pipeline', rules)).toEqual(known(3_068n));
    expect(worthOf(deal({}), 'pipeline', rules)).toEqual({ is: 'none' });
  });

  it('I2: open is no part of revenue, lost is worth 0, and what nobody knows is not 0', () => {
    expect(worthOf(deal({ outcome: 'open', closedAt: null }), 'revenue', rules)).toEqual({ is: 'none' });
    expect(worthOf(deal({ outcome: 'open', closedAt: null }), 'count', rules)).toEqual({ is: 'none' });
    expect(worthOf(deal({ outcome: 'lost' }), 'revenue', rules)).toEqual(known(0n));
    expect(worthOf(deal({ outcome: 'lost' }), 'count', rules)).toEqual(known(0n));
    expect(worthOf(deal({}), 'count', rules)).toEqual(known(1n));
    expect(worthOf(deal({ amount: null }), 'revenue', rules)).toEqual({ is: 'unknown' });
    expect(worthOf(deal({ amount: null }), 'count', rules)).toEqual(known(1n));
    for (const missing of [{ amount: null }, { stage: null }]) {
      const open = deal({ outcome: 'open', closedAt: null, ...missing });
      expect(worthOf(open, 'pipeline', rules)).toEqual({ is: 'unknown' });
    }
  });

  it('refuses a stage without probability, what is none, and an amount below 0', () => {
    const open = (more: Partial<Deal>) => () =>
      worthOf(deal({ outcome: 'open', closedAt: null, ...more }), 'pipeline', rules);
    expect(open({ stage: 'proposal' })).toThrow(refusal('missing-probability', 'probabilities.proposal'));
    expect(open({ stage: 'wrong' })).toThrow(refusal('bad-probability', 'probabilities.wrong'));
    expect(open({ amount: { amount: -1n, currency: 'EUR' } })).toThrow(refusal('negative-amount', 'amount'));
  });
});

describe('currency', () => {
  it('takes the latest rate at or before the instant, in minor units', () => {
    expect(convert({ amount: 1_000n, currency: 'JPY' }, 'EUR', 100, rules.rates)).toBe(600n);
    expect(convert({ amount: 1n, currency: 'USD' }, 'EUR', 10, rules.rates)).toBe(1n);
  });

  it('refuses what has no rate then, and turns no rate round', () => {
    const of = (currency: string, to: string, at: number) => () =>
      convert({ amount: 1n, currency }, to, at, rules.rates);
    expect(of('GBP', 'EUR', 98)).toThrow(refusal('missing-rate', 'rates.GBP/EUR'));
    expect(of('EUR', 'USD', 98)).toThrow('Give one as an exact fraction.');
  });

  it('refuses two rates for one instant, and a rate that is not above 0', () => {
    const of =
      (...rates: Rate[]) =>
      () =>
        convert({ amount: 1n, currency: 'USD' }, 'EUR', 50, rates);
    expect(of(rate('USD', 5, 1n, 2n), rate('USD', 5, 1n, 3n))).toThrow(refusal('bad-rate', 'rates.USD/EUR'));
    expect(of(rate('USD', 5, 0n, 1n))).toThrow(refusal('bad-rate', 'rates.USD/EUR'));
  });
});

describe('outcomes for path counts', () => {
  const at = (...instants: number[]) => ({
    touches: instants.map((it) => ({ id: `${it}`, at: it, channel: 'email' })),
  });
  const counted = (outcome: Deal['outcome'], idleAfterMs: number | null, ...instants: number[]) =>
    outcomesOf({ outcome }, at(...instants), { asOf: 100, idleAfterMs });

  it('count won and lost deals', () => {
    expect(counted('won', null, 1)).toEqual({ conversions: 1, losses: 0 });
    expect(counted('lost', null, 1)).toEqual({ conversions: 0, losses: 1 });
  });

  it('I2: an open deal is censored, unless it is idle for longer than the setting says', () => {
    const nothing = { conversions: 0, losses: 0 };
    expect(counted('open', null, 1)).toEqual(nothing);
    expect(counted('open', 30, 1, 70)).toEqual(nothing);
    expect(counted('open', 30, 1, 69)).toEqual({ conversions: 0, losses: 1 });
    expect(counted('open', 30)).toEqual(nothing);
  });
});
