import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { apportion, convert, fraction, tieRank, type Fraction, type Rate } from '@throughline/attribution';
import type { JourneyEvent, Precision } from '@throughline/contracts';
import fc from 'fast-check';
import { endOfMoment, type Credit } from '../credit/deal.state.ts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch } from '../testing/story.ts';
import type { ReportRow } from './credit-report.query.ts';

const SEED = 20_260_301;
const MODELS = ['linear', 'time-decay', 'w-shaped', 'last'];

/** As people say them, and what that is of minor units: a yen has no cents, a Kuwaiti dinar a thousand fils. */
const rates: readonly (readonly [from: string, day: string, said: string, minor: Fraction])[] = [
  ['USD', '2026-01-01', '0.9', fraction(9n, 10n)],
  ['USD', '2026-02-10', '0.913', fraction(913n, 1_000n)],
  ['USD', '2026-02-28', '0.95', fraction(95n, 100n)],
  ['JPY', '2026-01-01', '0.0061', fraction(61n, 100n)],
  ['JPY', '2026-02-16', '0.00625', fraction(625n, 1_000n)],
  ['KWD', '2026-01-01', '2.987', fraction(2_987n, 10_000n)],
];
const known: readonly Rate[] = rates.map(([from, day, , rate]) => ({
  ...{ from, to: 'EUR', since: Date.parse(day), rate },
}));

interface Told {
  readonly amount: number | null;
  readonly currency: string | null;
  readonly closed: readonly [at: string | null, precision: Precision];
  readonly touches: readonly (readonly [day: number, channel: string])[];
}

const told: fc.Arbitrary<Told> = fc.record({
  amount: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 100_000 }) }, fc.constant(null)),
  currency: fc.constantFrom('EUR', 'USD', 'USD', 'JPY', 'KWD', null),
  closed: fc.constantFrom<Told['closed']>(
    ...([
      ['2026-02-09T23:59:59.999Z', 'instant'],
      ['2026-02-10T00:00:00.000Z', 'instant'],
      ['2026-02-16T00:00:00.000Z', 'day'],
      ['2026-02-01T00:00:00.000Z', 'month'],
      [null, 'unknown'],
    ] as const),
  ),
  touches: fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom('ads', 'email', 'fair')), {
    maxLength: 7,
  }),
});
const deals = fc.sample(told, { numRuns: 60, seed: SEED });

const winning = (
  deal: string,
  { amount, currency, closed: [occurredAt, precision] }: Told,
): JourneyEvent => ({
  ...decided('opportunity.won', deal, 2, occurredAt, {
    ...{ amount: amount === null ? null : { amount, currency }, contributors: null, by: null },
  }),
  ...{ occurredAt, precision },
});

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution({ now: () => new Date('2026-03-05T12:00:00.000Z') });
  await service.send(
    ...deals.flatMap((deal, n) => [
      ...deal.touches.map(([day, channel], at) =>
        touch(`touch-${n}-${at}`, `2026-01-${String(day).padStart(2, '0')}`, { channel, account: `d-${n}` }),
      ),
      ...[opened(`d-${n}`, '2026-01-15', `d-${n}`), winning(`d-${n}`, deal)],
    ]),
  );
  for (const [from, day, rate] of rates) await set(from, day, rate);
});
afterAll(() => service.stop());

async function set(from: string, day: string, rate: string): Promise<void> {
  const { status } = await service.ask(`/v1/exchange-rates/${from}/EUR/set`, 'POST', { data: { day, rate } });
  expect(status).toBe(200);
}

interface Breakdown {
  readonly amount: string | null;
  readonly currency: string | null;
  readonly rate?: unknown;
  readonly models: readonly (Omit<Credit, 'model'> & { readonly model: { readonly id: string } })[];
}
interface Entries {
  readonly items: readonly Record<'opportunity' | 'amount' | 'touch' | 'currency', string | null>[];
  readonly total: readonly { readonly currency: string | null; readonly amount: string | null }[];
}
interface Report {
  readonly items: readonly ReportRow[];
  readonly unattributed: readonly ReportRow[];
  readonly total: readonly ReportRow[];
}

/** A deal in euro by the library alone: what it is worth, and the parts of a credit that was said. */
function expected(
  deal: string,
  { amount, currency, closed: [at, precision] }: Told,
  said: Breakdown['models'][number],
) {
  const shares = [...said.shares, said.unattributed].map((it) => it.amount);
  if (amount === null || currency === null || currency === 'EUR') {
    return { currency: amount === null ? null : currency, parts: shares };
  }
  const end = endOfMoment({ at, precision });
  if (end === null) return { currency: null, parts: shares.map(() => null) };
  const worth = convert({ amount: BigInt(amount), currency }, 'EUR', end, known);
  return {
    currency: 'EUR',
    parts: apportion(
      worth,
      shares.map((share) => BigInt(share ?? 0)),
      tieRank(deal, (place) => said.shares[place]?.touch ?? ''),
    ).map(Number),
  };
}

const sum = (all: readonly (number | null)[]) => all.reduce<number>((so, it) => so + (it ?? 0), 0);

describe(`credit in one currency, of 60 random deals (seed ${SEED})`, () => {
  it('I8: is the amount at the close, dealt as the library deals, to the unit', async () => {
    const at = new Map<string, Entries['items'][number]>();
    for (const model of MODELS) {
      for (const rest of ['false', 'true']) {
        const query = `model=${model}&unattributed=${rest}&currency=EUR&limit=1000`;
        const { items } = await service.get<Entries>(`/v1/credit/entries?${query}`);
        for (const item of items) at.set(`${item.opportunity} ${model} ${item.touch}`, item);
      }
    }
    for (const [n, deal] of deals.entries()) {
      const said = await service.get<Breakdown>(`/v1/credit/opportunities/d-${n}`);
      const inEuro = await service.get<Breakdown>(`/v1/credit/opportunities/d-${n}?currency=EUR`);
      expect(said.models.length).toBe(13);
      for (const [place, credit] of said.models.entries()) {
        const { currency, parts } = expected(`d-${n}`, deal, credit);
        const one = inEuro.models[place];
        const told = [...(one?.shares ?? []), one?.unattributed].map((it) => it?.amount);
        expect(told).toEqual(parts.map((part) => part?.toString() ?? null));
        expect(one?.amount?.currency ?? null).toBe(currency);
        if (!MODELS.includes(credit.model.id)) continue;
        const touches = [...credit.shares.map((share) => share.touch), null];
        const found = touches.map((id) => at.get(`d-${n} ${credit.model.id} ${id}`));
        const amounts = found.map((it) => (it?.amount == null ? null : Number(it.amount)));
        const isAll = credit.unattributed.weight > 0;
        expect(isAll ? amounts : amounts.slice(0, -1)).toEqual(isAll ? parts : parts.slice(0, -1));
        for (const it of found) if (it) expect(it.currency).toBe(currency);
      }
    }
  });

  it('rows and rest sum to the total, and each figure to the entries it opens to', async () => {
    const report = await service.get<Report>(`/v1/credit?currency=EUR&models=${MODELS.join(',')}&limit=1000`);
    for (const currency of ['EUR', null]) {
      for (const model of MODELS) {
        const of = (rows: readonly ReportRow[]) =>
          rows
            .filter((row) => row.currency === currency)
            .map((row) => Number(row.models[model]?.amount ?? 0));
        expect(sum([...of(report.items), ...of(report.unattributed)])).toBe(sum(of(report.total)));
      }
    }
    expect(report.total.map(({ currency }) => currency)).toEqual(['EUR', null]);
    for (const row of report.items.filter(({ currency, key }) => currency === 'EUR' && key['channel'])) {
      const query = `model=linear&currency=EUR&only=channel:${row.key['channel']}`;
      const { total } = await service.get<Entries>(`/v1/credit/entries?${query}`);
      expect(total.find(({ currency }) => currency === 'EUR')?.amount).toBe(row.models['linear']?.amount);
    }
  });

  it('names the rate, and says nothing of it where nothing was converted', async () => {
    const of = (currency: string) =>
      deals.findIndex((it) => it.currency === currency && it.amount && it.closed[0]);
    const dinar = await service.get<Breakdown>(`/v1/credit/opportunities/d-${of('KWD')}?currency=EUR`);
    expect(dinar.rate).toEqual({ from: 'KWD', to: 'EUR', day: '2026-01-01', rate: '2.987' });
    const euro = await service.get<Breakdown>(`/v1/credit/opportunities/d-${of('EUR')}?currency=EUR`);
    expect(euro.rate).toBeNull();
    expect(await service.get<Breakdown>(`/v1/credit/opportunities/d-${of('KWD')}`)).not.toHaveProperty(
      'rate',
    );
  });

  it('is left alone without currency', async () => {
    const { total } = await service.get<Report>('/v1/credit?models=linear');
    expect(new Set(total.map(({ currency }) => currency))).toEqual(
      new Set(['EUR', 'USD', 'JPY', 'KWD', null]),
    );
  });

  it('reads the wins of a page in it', async () => {
    const { items } = await service.get('/v1/recognition?currency=EUR&limit=1000');
    for (const [n, deal] of deals.entries()) {
      const { amount, currency } = items.find(({ opportunity }) => opportunity === `d-${n}`) ?? {};
      const inEuro = await service.get<Breakdown>(`/v1/credit/opportunities/d-${n}?currency=EUR`);
      expect([amount, currency]).toEqual([inEuro.amount, inEuro.currency]);
      if (deal.amount === null) expect(amount).toBeNull();
    }
  });

  it('adds up the paths in it, an undated close apart', async () => {
    const { total } = await service.get<Entries>('/v1/paths?currency=EUR&limit=1000');
    const worth = new Map<string | null, number>();
    for (const n of deals.keys()) {
      const { amount, currency } = await service.get<Breakdown>(
        `/v1/credit/opportunities/d-${n}?currency=EUR`,
      );
      worth.set(currency, (worth.get(currency) ?? 0) + Number(amount ?? 0));
    }
    expect(new Map(total.map(({ amount, currency }) => [currency, Number(amount ?? 0)]))).toEqual(worth);
  });
});
