import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UNIT } from '../exact/decimal.ts';
import { fraction, plus, sum, times, toNumber, ZERO } from '../exact/fraction.ts';
import { pathReport } from '../path/path-report.ts';
import type { PathRow } from '../path/path-row.ts';
import { minus, naiveShapley } from '../testing/naive.ts';
import { channelPaths, counted, row, rowsOf } from '../testing/paths.ts';
import { seededRandom } from './seeded-random.ts';
import { shapleyValues, sumOverSubsets } from './shapley-game.ts';
import { generalCredit, generalShapley } from './shapley-general.ts';
import { orderedShapley } from './shapley-ordered.ts';
import { rateOf, rateShapley } from './shapley-rate.ts';
import { sampleShapleyValues } from './shapley-sampling.ts';

const OPTIONS = { ordered: true, sets: true };
const CHANNELS = ['a', 'b', 'c', 'd', 'e'];

/** v(S): conversions of the journeys that touch channels of S only. */
const within =
  (rows: readonly PathRow[], channels: readonly string[], of: (row: PathRow) => bigint) => (set: number) =>
    rows
      .filter(
        (it) => it.channels.length > 0 && it.channels.every((one) => (set >> channels.indexOf(one)) & 1),
      )
      .reduce((all, it) => all + of(it), 0n);

describe('simplified Shapley', () => {
  it('is the Shapley value of all coalitions, to the unit that is rounded', () => {
    fc.assert(
      fc.property(rowsOf({ most: 8 }), (rows) => {
        const naive = naiveShapley(
          5,
          within(rows, CHANNELS, (it) => BigInt(it.conversions) * UNIT),
        );
        for (const { channel, conversions } of pathReport(counted(rows), { name: 'shapley' }).credits) {
          const { over, under } = minus(fraction(conversions), naive[CHANNELS.indexOf(channel)] ?? ZERO);
          expect((over < 0n ? -over : over) < under).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a 4, a > b 6: 7 and 3', () => {
    const { credits } = pathReport(counted([row('a', 4), row('a>b', 6)]), { name: 'shapley' });
    expect(credits.map((it) => it.conversions / UNIT)).toEqual([7n, 3n]);
  });
});

describe('ordered Shapley', () => {
  it('sums over positions to the simplified value, and splits repeats by their places', () => {
    fc.assert(
      fc.property(rowsOf({ longest: 8 }), (rows) => {
        const counters = counted(rows, OPTIONS);
        for (const { positions, ...credit } of orderedShapley(
          counters,
          pathReport(counters, { name: 'shapley' }).credits,
        )) {
          for (const column of ['conversions', 'value'] as const)
            expect(positions.reduce((all, it) => all + it[column], 0n)).toBe(credit[column]);
          for (const { position, conversions } of positions) {
            const exact = sum(
              rows
                .filter(({ channels }) => channels[position - 1] === credit.channel)
                .map((it) => {
                  const repeats = it.channels.filter((one) => one === credit.channel).length;
                  const shared = BigInt(new Set(it.channels).size * repeats);
                  return fraction(BigInt(it.conversions) * UNIT, shared);
                }),
            );
            const { over, under } = minus(fraction(conversions), exact);
            expect((over < 0n ? -over : over) < 2n * under).toBe(true);
          }
        }
      }),
    );
  });

  it('a > b > a converts once: a has a quarter at 1 and at 3, b half at 2', () => {
    const counters = counted([row('a>b>a', 1)], OPTIONS);
    const ordered = orderedShapley(counters, pathReport(counters, { name: 'shapley' }).credits);
    expect(
      ordered.map(({ channel, positions }) => [
        channel,
        positions.map((it) => [it.position, it.conversions]),
      ]),
    ).toEqual([
      [
        'a',
        [
          [1, UNIT / 4n],
          [3, UNIT / 4n],
        ],
      ],
      ['b', [[2, UNIT / 2n]]],
    ]);
  });
});

/** The game of DP6's README: o 7, f 6, d 4, of 15, od 7, fd 9, ofd 19. */
const DP6 = [0n, 7n, 6n, 15n, 4n, 7n, 9n, 19n];

describe('general Shapley', () => {
  it('clearcode: 23/3, 49/6, 19/6', () => {
    expect(shapleyValues(3, (set) => DP6[set] ?? 0n)).toEqual([
      fraction(23n, 3n),
      fraction(49n, 6n),
      fraction(19n, 6n),
    ]);
  });

  it('agrees with the naive sum over coalitions, negative worths too, and is efficient', () => {
    const games = fc.integer({ min: 1, max: 5 }).chain((players) =>
      fc.record({
        players: fc.constant(players),
        worths: fc.array(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), {
          minLength: 2 ** players,
          maxLength: 2 ** players,
        }),
      }),
    );
    fc.assert(
      fc.property(games, ({ players, worths }) => {
        const worth = (set: number) => worths[set] ?? 0n;
        const values = shapleyValues(players, worth);
        expect(values).toEqual(naiveShapley(players, worth));
        expect(sum(values)).toEqual(fraction(worth(2 ** players - 1) - worth(0)));
      }),
    );
  });

  it('refuses 21 players and none', () => {
    expect(() => shapleyValues(21, () => 0n)).toThrow('Sample permutations instead.');
    expect(() => shapleyValues(0, () => 0n)).toThrow('not 1 to 20');
  });

  it('sums over subsets', () => {
    const values = Float64Array.of(1, 2, 4, 8);
    sumOverSubsets(values);
    expect([...values]).toEqual([1, 3, 5, 15]);
  });

  it('the rate game sums to the rate of all, and may be negative', () => {
    fc.assert(
      fc.property(rowsOf({ shortest: 1 }), (rows) => {
        const counters = counted(rows, OPTIONS);
        const values = rateShapley(counters, { permutations: 2, seed: 0 });
        const { conversions, losses } = counters.attributed;
        const rate = conversions === 0 ? 0n : (BigInt(conversions) * UNIT) / BigInt(conversions + losses);
        expect(sum(values.map(({ value }) => value))).toEqual(fraction(rate));
      }),
    );
    const values = rateShapley(counted([row('a', 1), row('a>b', 0, 9)], OPTIONS), {
      permutations: 2,
      seed: 0,
    });
    expect(values.map(({ value }) => rateOf(value))).toEqual([0.55, -0.45]);
  });
});

describe('Shapley of a game between channels', () => {
  const SAMPLING = { permutations: 400, seed: 3 };

  it('of conversions is the simplified value, to the unit: credit by channel is the same', () => {
    fc.assert(
      fc.property(rowsOf({ most: 8 }), (rows) => {
        const counters = counted(rows, OPTIONS);
        const general = generalShapley(counters, { game: 'conversions', ...SAMPLING });
        expect(generalCredit(counters, general)).toEqual(pathReport(counters, { name: 'shapley' }).credits);
      }),
      { numRuns: 40 },
    );
  });

  it('agrees with the naive sum over coalitions, by conversions and by value, and is efficient', () => {
    fc.assert(
      fc.property(rowsOf({ most: 8, shortest: 1 }), (rows) => {
        const counters = counted(rows, OPTIONS);
        const general = generalShapley(counters, { game: 'rate', ...SAMPLING });
        for (const column of ['conversions', 'value'] as const) {
          const won = within(rows, CHANNELS, (it) =>
            column === 'value' ? it.value : BigInt(it.conversions),
          );
          const all = within(rows, CHANNELS, (it) => BigInt(it.conversions + it.losses));
          const naive = naiveShapley(5, (set) => (won(set) === 0n ? 0n : (won(set) * UNIT) / all(set)));
          for (const each of general.values)
            expect(each[column]).toEqual(naive[CHANNELS.indexOf(each.channel)]);
          expect(sum(general.values.map((it) => it[column]))).toEqual(fraction(general.whole[column]));
        }
        const credits = generalCredit(counters, general);
        const { conversions, value } = counters.attributed;
        expect(credits.reduce((so, it) => so + it.conversions, 0n)).toBe(BigInt(conversions) * UNIT);
        expect(credits.reduce((so, it) => so + it.value, 0n)).toBe(value);
      }),
      { numRuns: 40 },
    );
  });

  it('cuts nothing off: a channel that goes with losses has a negative credit', () => {
    const counters = counted([row('a', 1, 0, 100n), row('a>b', 0, 9)], OPTIONS);
    const general = generalShapley(counters, { game: 'rate', ...SAMPLING });
    expect(generalCredit(counters, general)).toEqual([
      { channel: 'a', conversions: (UNIT * 11n) / 2n, value: 550n },
      { channel: 'b', conversions: (UNIT * -9n) / 2n, value: -450n },
    ]);
  });

  it('beyond 20 channels is sampled: close to the exact value, whole, the same for the same seed', () => {
    const names = Array.from({ length: 24 }, (_, at) => `c${String(at).padStart(2, '0')}`);
    const rows = names.map((name, at) =>
      row([name, names[(at * 7) % 24], names[(at * 5 + 3) % 24]].join('>'), at % 4, at % 5, BigInt(at % 4)),
    );
    const counters = counted(rows, OPTIONS);
    const ask = { game: 'conversions', permutations: 2_000, seed: 5 } as const;
    const general = generalShapley(counters, ask);
    expect(general.method).toBe('sampled');
    expect(generalShapley(counters, ask)).toEqual(general);
    expect(sum(general.values.map(({ value }) => value))).toEqual(fraction(general.whole.value));
    const { credits } = pathReport(counters, { name: 'shapley' });
    for (const [at, { conversions, standardError }] of general.values.entries()) {
      const exact = Number(credits[at]?.conversions);
      expect(Math.abs(Number(conversions.over) / Number(conversions.under) - exact)).toBeLessThanOrEqual(
        5 * standardError.conversions + 1,
      );
    }
    expect(general.values.some(({ standardError }) => standardError.conversions > 0)).toBe(true);
  });

  it('refuses counters that do not count by set, and has no values without channels', () => {
    const ask = { game: 'rate', ...SAMPLING } as const;
    expect(() => generalShapley(counted([row('a', 1)]), ask)).toThrow('were not counted by set');
    expect(generalShapley(counted([row('', 1)], OPTIONS), ask).values).toEqual([]);
    expect(generalCredit(counted([], OPTIONS), generalShapley(counted([], OPTIONS), ask))).toEqual([]);
  });

  it('adds values of many sets exactly, where doubles would round', () => {
    const names = Array.from({ length: 15 }, (_, at) => `c${String(at).padStart(2, '0')}`);
    const rows = Array.from({ length: 2 ** 15 - 1 }, (_, at) =>
      row(names.filter((__, bit) => ((at + 1) >> bit) & 1).join('>'), 1, 0, 2n ** 40n - 1n),
    );
    const { whole } = generalShapley(counted(rows, OPTIONS), { game: 'conversions', ...SAMPLING });
    expect(whole.value).toBe((2n ** 40n - 1n) * (2n ** 15n - 1n) * UNIT);
  });
});

describe('sampled Shapley', () => {
  const worth = (members: Uint8Array) =>
    DP6[(members[0] ?? 0) + 2 * (members[1] ?? 0) + 4 * (members[2] ?? 0)] ?? 0n;

  it('is within five of its standard errors, is efficient, and is the same for the same seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const sampled = sampleShapleyValues(3, worth, { permutations: 400, seed });
        for (const [player, exact] of [23 / 3, 49 / 6, 19 / 6].entries()) {
          const { value, standardError } = sampled[player] ?? { value: ZERO, standardError: 0 };
          expect(Math.abs(toNumber(value) - exact)).toBeLessThan(5 * standardError);
        }
        expect(sampled.map(({ value }) => value).reduce(plus)).toEqual(fraction(19n));
        expect(sampleShapleyValues(3, worth, { permutations: 400, seed })).toEqual(sampled);
      }),
      { numRuns: 50 },
    );
  });

  it('takes over beyond 20 channels', () => {
    const names = Array.from({ length: 22 }, (_, at) => `c${at}`);
    const counters = counted(
      names.map((name, at) => row(name, at + 1, 3)),
      OPTIONS,
    );
    const values = rateShapley(counters, { permutations: 30, seed: 7 });
    expect(values.every(({ standardError }) => standardError > 0)).toBe(true);
    const { conversions, losses } = counters.attributed;
    expect(sum(values.map(({ value }) => value))).toEqual(
      fraction((BigInt(conversions) * UNIT) / BigInt(conversions + losses)),
    );
  });

  it('refuses a seed or a number of permutations that is none', () => {
    expect(() => seededRandom(1.5)).toThrow('Give a whole number, 0 to 4294967295.');
    expect(() => sampleShapleyValues(3, worth, { permutations: 1, seed: 1 })).toThrow('2 or more');
  });

  it('draws evenly, and the same on every machine', () => {
    const draw = seededRandom(42);
    const counts = [0, 0, 0, 0, 0];
    for (let n = 0; n < 50_000; n++) {
      const at = draw(5);
      counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });
});

const data = channelPaths();
(data ? describe : describe.skip)(
  `Shapley on channel-paths${data ? '' : ' (SKIPPED: the data is not in ../shared/data)'}`,
  () => {
    const rows = data?.rows ?? [];

    it('simplified is the value of the game over all 4,096 coalitions', () => {
      const counters = counted(rows, OPTIONS);
      const { credits } = pathReport(counters, { name: 'shapley' });
      const names = credits.map(({ channel }) => channel);
      const alone = new Float64Array(2 ** names.length);
      for (const set of counters.sets?.sets() ?? []) {
        const bits = set.channels.reduce(
          (all, one) => all | (1 << names.indexOf(counters.names[one] ?? '')),
          0,
        );
        alone[bits] = set.conversions;
      }
      sumOverSubsets(alone);
      const values = shapleyValues(names.length, (set) => BigInt(alone[set] ?? 0));
      for (const [at, { conversions }] of credits.entries()) {
        const { over, under } = minus(fraction(conversions), times(values[at] ?? ZERO, fraction(UNIT)));
        expect((over < 0n ? -over : over) < under).toBe(true);
      }
    });
  },
);
