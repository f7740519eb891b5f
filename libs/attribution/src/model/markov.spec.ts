import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fraction, toNumber, type Fraction } from '../exact/fraction.ts';
import { formatDecimal } from '../exact/decimal.ts';
import { pathReport } from '../path/path-report.ts';
import type { PathRow } from '../path/path-row.ts';
import { naiveMarkov } from '../testing/naive.ts';
import { channelPaths, counted, row, rowsOf } from '../testing/paths.ts';
import { reverseChain } from './markov-chain.ts';
import { conversionOf } from './markov-conversion.ts';
import { eliminate } from './markov-elimination.ts';
import { sweep } from './markov-sweeps.ts';
import { removalEffects } from './markov.ts';

const ORDERS = [1, 2, 3];
const effectsOf = (rows: readonly PathRow[], order: number, withLost = true) =>
  new Map(
    removalEffects(counted(rows, { orders: [order] }), { order, withLost }).effects.map(
      ({ channel, conversions, value }) => [channel, { conversions, value }],
    ),
  );
const letters = (text: string) => [...text].join('>');

const EXAMPLES = [
  {
    source: 'Anderl et al., as coded by Bryl',
    rows: [row('c1>c2>c3', 1), row('c1', 0, 1), row('c2>c3', 0, 1)],
    order: 1,
    effects: { c1: [1n, 2n], c2: [1n], c3: [1n] },
    credit: { c1: '0.2', c2: '0.4', c3: '0.4' },
  },
  {
    source: 'pychattr, order 1',
    rows: ['ABABBA', 'ABBAA', 'AA'].map((path) => row(letters(path), 1)),
    order: 1,
    effects: { A: [1n], B: [1n, 2n] },
    credit: { A: '2', B: '1' },
  },
  {
    source: 'pychattr, order 2',
    rows: ['ABABBA', 'ABBAA', 'AA'].map((path) => row(letters(path), 1)),
    order: 2,
    effects: { A: [1n], B: [2n, 3n] },
    credit: { A: '1.8', B: '1.2' },
  },
  {
    source: 'Puzyrov',
    rows: [row('ads', 2, 1), row('mailing', 1), row('ads>mailing', 1)],
    order: 1,
    effects: { ads: [3n, 4n], mailing: [1n, 2n] },
    credit: { ads: '2.4', mailing: '1.6' },
  },
  {
    source: 'loops, order 1',
    rows: [row('a>b>a', 1, 1), row('a', 1, 1), row('b>a>b', 1, 2)],
    order: 1,
    effects: { a: [7n, 8n], b: [19n, 27n] },
    credit: {},
  },
  {
    source: 'loops, order 2',
    rows: [row('a>b>a', 1, 1), row('a', 1, 1), row('b>a>b', 1, 2)],
    order: 2,
    effects: { a: [1n], b: [2n, 3n] },
    credit: { a: '1.8', b: '1.2' },
  },
] as const;

const DIVERGING = [row('a>b>c', 2), row('d>b>c', 0, 2), row('d>b>e', 2, 1)];

describe('Markov: worked examples', () => {
  it.each(EXAMPLES)('$source', ({ rows, order, effects, credit }) => {
    const found = effectsOf(rows, order);
    for (const [channel, [over, under]] of Object.entries<readonly bigint[]>(effects))
      expect(found.get(channel)?.conversions).toBe(toNumber(fraction(over ?? 0n, under ?? 1n)));
    const report = pathReport(counted(rows, { orders: [order] }), { name: 'markov', parameters: { order } });
    for (const [channel, amount] of Object.entries(credit))
      expect(formatDecimal(report.credits.find((it) => it.channel === channel)?.conversions ?? -1n)).toBe(
        amount,
      );
  });

  it('order matters: 2/7 and 5/7 at order 1, 1/4 and 3/4 at order 2', () => {
    const one = effectsOf(DIVERGING, 1);
    expect(one.get('a')?.conversions).toBeCloseTo(2 / 7, 15);
    expect(one.get('d')?.conversions).toBeCloseTo(5 / 7, 15);
    const two = effectsOf(DIVERGING, 2);
    expect(two.get('a')?.conversions).toBe(1 / 4);
    expect(two.get('d')?.conversions).toBe(3 / 4);
  });

  it('lost journeys change the answer: without them the three channels are equal', () => {
    const { rows } = EXAMPLES[0];
    expect([...effectsOf(rows, 1, false).values()].map((it) => it.conversions)).toEqual([1, 1, 1]);
  });

  it('nothing converted: every effect and credit is 0', () => {
    const report = pathReport(counted([row('a>b', 0, 3)]), { name: 'markov' });
    expect(report.removal?.effects.map((it) => [it.conversions, it.value])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(report.credits.every((it) => it.conversions === 0n && it.value === 0n)).toBe(true);
    expect(pathReport(counted([]), { name: 'markov' }).credits).toEqual([]);
  });

  it('A7 an order above the longest path gives what the longest gives', () => {
    const rows = [row('a>b', 1), row('b', 2, 1), row('a', 0, 1)];
    const counters = counted(rows, { orders: [2, 3, Number.MAX_SAFE_INTEGER] });
    const of = (order: number) => removalEffects(counters, { order }).effects;
    expect(of(3)).toEqual(of(2));
    expect(of(Number.MAX_SAFE_INTEGER)).toEqual(of(2));
    const single = counted([row('a', 2, 1), row('b', 1)], { orders: [1, 2] });
    const models = [1, 2].map(
      (order) => pathReport(single, { name: 'markov', parameters: { order } }).credits,
    );
    expect(models[1]).toEqual(models[0]);
  });

  it('refuses an order that was not counted', () => {
    const counters = counted([row('a>b', 1)], { orders: [1, 3] });
    expect(() => removalEffects(counters, { order: 2 })).toThrow('Count them, or ask for 1, 3.');
    expect(() => counted([], { orders: [0] })).toThrow('Give a whole number, 1 or more.');
  });
});

const near = (a: number, b: Fraction | number) => {
  const exact = typeof b === 'number' ? b : toNumber(b);
  expect(Math.abs(a - exact)).toBeLessThanOrEqual(1e-14);
};

describe('Markov: properties over random paths', () => {
  it('invariant 1: the naive chain converts at the observed rate, at every order', () => {
    fc.assert(
      fc.property(rowsOf({ most: 6, longest: 5, shortest: 1 }), fc.constantFrom(...ORDERS), (rows, order) => {
        const won = rows.reduce((all, it) => all + BigInt(it.conversions), 0n);
        const all = rows.reduce((sum, it) => sum + BigInt(it.conversions + it.losses), 0n);
        fc.pre(all > 0n);
        expect(naiveMarkov(rows, order).probability).toEqual(fraction(won, all));
      }),
      { numRuns: 40 },
    );
  });

  it('invariant 1: the probability of the report is that of the naive chain, and the observed rate, at every order', () => {
    fc.assert(
      fc.property(
        rowsOf({ most: 6, longest: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (rows, order, withLost) => {
          const counters = counted(rows, { orders: [order] });
          fc.pre(order <= Math.max(counters.longest, 1));
          const { probability } = removalEffects(counters, { order, withLost });
          const { conversions, losses } = counters.attributed;
          const all = conversions + (withLost ? losses : 0);
          expect(probability).toBe(all === 0 ? 0 : conversions / all);
          near(probability, all === 0 ? 0 : naiveMarkov(rows, order, withLost).probability);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes back the probability with the rows it came from', () => {
    const counters = counted([row('a>b>a', 3, 1), row('b', 1, 7)], { orders: [2] });
    counters.subtract(row('b', 1, 7));
    expect(removalEffects(counters, { order: 2 }).probability).toBe(3 / 4);
    expect(pathReport(counted([row('a', 0, 3)]), { name: 'markov' }).removal?.probability).toBe(0);
  });

  it('agrees with the naive chain in rationals, conversions and value, with and without lost journeys', () => {
    fc.assert(
      fc.property(
        rowsOf({ most: 8, longest: 5 }),
        fc.constantFrom(...ORDERS),
        fc.boolean(),
        (rows, order, withLost) => {
          fc.pre(counted(rows).longest >= order);
          const naive = naiveMarkov(rows, order, withLost);
          for (const [channel, effect] of effectsOf(rows, order, withLost)) {
            near(effect.conversions, naive.effects.get(channel)?.conversions ?? 0);
            near(effect.value, naive.effects.get(channel)?.value ?? 0);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('the two methods agree, and sweeps lack no more than they say', () => {
    fc.assert(
      fc.property(
        rowsOf({ most: 30, longest: 9, shortest: 1 }),
        fc.constantFrom(...ORDERS),
        (rows, order) => {
          const counters = counted(rows, { orders: [order] });
          const windows = counters.windows.get(order);
          if (!windows || !rows.some(({ conversions }) => conversions > 0)) return;
          const chain = reverseChain(windows, counters.names, counters.present(), true);
          const few = sweep(chain, { most: 2 * chain.counts.length + 3 });
          const many = sweep(chain, { most: 1e9 });
          expect(many.error).toBeLessThanOrEqual(2 ** -60);
          for (const column of chain.channels.keys()) {
            const { met, missed } = eliminate(chain, column);
            const exact = met[0] / (met[0] + missed[0]);
            const share = (swept: typeof few) => {
              const it = swept.met[column];
              return it ? it.met[0] / (it.met[0] + it.missed[0]) : Number.NaN;
            };
            near(share(many), exact);
            expect(share(few)).toBeLessThanOrEqual(exact + 1e-14);
            expect(exact - share(few)).toBeLessThanOrEqual(few.error + 1e-14);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  it('a loop of thousands of touches is swept to the same effects that elimination gives', () => {
    const loop = Array.from({ length: 2_000 }, (_, at) => 'xy'[at % 2]).join('>');
    const others = ['a>b', 'b>a>c', 'c>c>b>a', 'x>a', 'a>y>b', 'b>c>a>b'].map((path, at) =>
      row(path, at + 1, 9),
    );
    const counters = counted([...others, row(`a>${loop}>b`, 1, 3)], { orders: [2] });
    const windows = counters.windows.get(2);
    if (!windows) throw new Error('not counted');
    const chain = reverseChain(windows, counters.names, counters.present(), true);
    const { met, error } = sweep(chain, { most: 1e9 });
    expect(error).toBeLessThanOrEqual(2 ** -60);
    for (const [column, swept] of met.entries()) {
      const exact = eliminate(chain, column);
      near(swept.met[0] / (swept.met[0] + swept.missed[0]), exact.met[0] / (exact.met[0] + exact.missed[0]));
    }
  });

  it('one loop of 20,000 touches among many channels costs a few hundred sweeps, not one a touch', () => {
    const names = [...'abcdefghijkl'];
    const triples = names.flatMap((one) =>
      names.flatMap((two) => names.map((last) => row(`${one}>${two}>${last}`, 1, 2))),
    );
    const loop = Array.from({ length: 20_000 }, (_, at) => 'xy'[at % 2]).join('>');
    const counters = counted([...triples, row('a>b>x>y>b>c', 3, 5), row(`a>${loop}>b>c`, 1, 1)], {
      orders: [2],
    });
    const windows = counters.windows.get(2);
    if (!windows) throw new Error('not counted');
    const chain = reverseChain(windows, counters.names, counters.present(), true);
    const { met, error } = sweep(chain, { most: 1_000 * (chain.counts.length + chain.states) });
    expect(error).toBeLessThanOrEqual(2 ** -60);
    for (const [column, swept] of met.entries()) {
      const exact = eliminate(chain, column);
      near(swept.met[0] / (swept.met[0] + swept.missed[0]), exact.met[0] / (exact.met[0] + exact.missed[0]));
    }
  });

  it('invariant 2: collapsing consecutive repeats changes no effect at order 1', () => {
    fc.assert(
      fc.property(rowsOf({ most: 20, longest: 9 }), (rows) => {
        const collapsed = rows.map((it) => ({
          ...it,
          channels: it.channels.filter((channel, at) => channel !== it.channels[at - 1]),
        }));
        const after = effectsOf(collapsed, 1);
        for (const [channel, { conversions, value }] of effectsOf(rows, 1)) {
          near(conversions, after.get(channel)?.conversions ?? -1);
          near(value, after.get(channel)?.value ?? -1);
        }
      }),
    );
  });

  it('invariant 3: at the order of the longest path, and only rounded, the share of conversions that touch it', () => {
    fc.assert(
      fc.property(rowsOf({ most: 20, longest: 7 }), (rows) => {
        const order = Math.max(1, ...rows.map(({ channels }) => channels.length));
        const counters = counted(rows, { orders: [order] });
        fc.pre(counters.longest === order);
        const { conversions: all, value: worth } = counters.attributed;
        for (const { channel, conversions, value } of removalEffects(counters, { order }).effects) {
          const on = rows.filter(({ channels }) => channels.includes(channel));
          const won = on.reduce((sum, it) => sum + it.conversions, 0);
          near(conversions, all === 0 ? 0 : won / all);
          const earned = on.reduce((sum, it) => sum + it.value, 0n);
          near(value, worth === 0n ? 0 : fraction(earned, worth));
        }
      }),
    );
  });

  it('invariant 4: what no conversion comes from is exactly 0, what none goes round exactly 1', () => {
    fc.assert(
      fc.property(rowsOf({ most: 15, longest: 6 }), fc.constantFrom(...ORDERS), (rows, order) => {
        const mine = rows.map((it) => ({ ...it, channels: [...it.channels, 'z'] }));
        const effects = effectsOf([...mine, row('y>y>y>y', 0, 3), row('x>y>x', 0, 1)], order);
        const converts = rows.some(({ conversions }) => conversions > 0);
        expect(effects.get('z')?.conversions ?? 0).toBe(converts ? 1 : 0);
        expect(effects.get('y')).toEqual({ conversions: 0, value: 0 });
        expect(effects.get('x')).toEqual({ conversions: 0, value: 0 });
      }),
    );
  });

  it('I8: credit sums to the totals, and I4: rows in any order give the same bits', () => {
    fc.assert(
      fc.property(rowsOf({ most: 25, longest: 8 }), fc.nat(), (rows, turn) => {
        const at = rows.length === 0 ? 0 : turn % rows.length;
        const turned = [...rows.slice(at), ...rows.slice(0, at)].reverse();
        const report = pathReport(counted(rows), { name: 'markov' });
        expect(pathReport(counted(turned), { name: 'markov' })).toEqual(report);
        for (const column of ['conversions', 'value'] as const) {
          const given = report.credits.reduce((all, it) => all + it[column], report.unattributed[column]);
          expect(given).toBe(report.totals[column]);
        }
      }),
    );
  });
});

const data = channelPaths();
(data ? describe : describe.skip)(
  `Markov on channel-paths${data ? '' : ' (SKIPPED: the data is not in ../shared/data)'}`,
  () => {
    const rows = data?.rows ?? [];

    it('order 1 agrees with rationals to the last digits; order 2 and 3 by sweeps with elimination', () => {
      const naive = naiveMarkov(rows, 1);
      for (const [channel, { conversions, value }] of effectsOf(rows, 1)) {
        near(conversions, naive.effects.get(channel)?.conversions ?? 0);
        near(value, naive.effects.get(channel)?.value ?? 0);
      }
      for (const order of [2, 3]) {
        const counters = counted(rows, { orders: [order] });
        const { method, effects } = removalEffects(counters, { order });
        expect(method).toBe('sweeps');
        const windows = counters.windows.get(order);
        if (!windows) throw new Error('not counted');
        const chain = reverseChain(windows, counters.names, counters.present(), true);
        for (const [column, { conversions, value }] of effects.entries()) {
          const { met, missed } = eliminate(chain, column);
          near(conversions, met[0] / (met[0] + missed[0]));
          near(value, met[1] / (met[1] + missed[1]));
        }
      }
    });

    it('the chain converts at the observed rate, at orders 1, 2, 3, and 5', () => {
      const { conversions = 0, null_paths: lost = 0 } = data?.truth ?? {};
      const counters = counted(rows, { orders: [1, 2, 3, 5] });
      for (const [order, windows] of counters.windows)
        expect([order, conversionOf(windows, true)]).toEqual([
          order,
          { conversions, journeys: conversions + lost },
        ]);
      expect(removalEffects(counters, { order: 2 }).probability).toBe(conversions / (conversions + lost));
    });

    it('at the order of the longest path the effect is the share of conversions that touch the channel', () => {
      const order = data?.truth.longest_path ?? 0;
      for (const [channel, { conversions }] of effectsOf(rows, order)) {
        const on = rows.filter(({ channels }) => channels.includes(channel));
        near(conversions, on.reduce((sum, it) => sum + it.conversions, 0) / (data?.truth.conversions ?? 0));
      }
    });
  },
);
