import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatDecimal, UNIT } from '../exact/decimal.ts';
import { fraction, times, ZERO, type Fraction } from '../exact/fraction.ts';
import type { ModelSpec } from '../model/rule-model.ts';
import { minus, naiveCredit, type Share } from '../testing/naive.ts';
import { channelPaths, counted, row, rowsOf } from '../testing/paths.ts';
import { countersFor, PATH_MODELS } from './path-models.ts';
import { participation, pathReport, uniform } from './path-report.ts';
import type { PathRow } from './path-row.ts';
import { spreadOf } from './spread.ts';

const EXCLUDED = ['a', 'b'];
const options = { exclusions: [new Set(EXCLUDED)], paths: true, sets: true };
const part = (over: number, under: number) => fraction(BigInt(over), BigInt(under));
const place =
  (first: number, middle: number, last: number): Share =>
  ({ length }, at) => {
    if (length === 1) return part(1, 1);
    if (length === 2) return part(at === 0 ? first : last, first + last);
    if (at === 0) return part(first, first + middle + last);
    if (at === length - 1) return part(last, first + middle + last);
    return part(middle, (first + middle + last) * (length - 2));
  };
const byChannel: Share = (channels, at) =>
  part(1, new Set(channels).size * channels.filter((it) => it === channels[at]).length);

const RULES: readonly [string, ModelSpec, Share][] = [
  ['first', { name: 'first' }, (_, at) => part(at === 0 ? 1 : 0, 1)],
  ['last', { name: 'last' }, ({ length }, at) => part(at === length - 1 ? 1 : 0, 1)],
  ['linear', { name: 'linear' }, ({ length }) => part(1, length)],
  ['linear-by-channel', { name: 'linear-by-channel' }, byChannel],
  ['shapley', { name: 'shapley' }, byChannel],
  ['40/20/40', { name: 'position-based' }, place(40, 20, 40)],
  ['7/0/2', { name: 'position-based', parameters: { first: 7, middle: 0, last: 2 } }, place(7, 0, 2)],
  ['J', { name: 'j-shaped' }, place(20, 20, 60)],
  ['inverse J', { name: 'inverse-j-shaped' }, place(60, 20, 20)],
  [
    'last non-direct',
    { name: 'last-non-direct', parameters: { exclude: EXCLUDED } },
    (channels, at) => {
      const last = channels.findLastIndex((it) => !EXCLUDED.includes(it));
      return part(at === (last < 0 ? channels.length - 1 : last) ? 1 : 0, 1);
    },
  ],
];

/** A share of what the weights of all touches of the path sum to. */
const weighing =
  (weight: (channels: readonly string[], at: number) => number): Share =>
  (channels, at) => {
    const all = channels.reduce((sum, _, place) => sum + weight(channels, place), 0);
    return all === 0 ? ZERO : part(weight(channels, at), all);
  };
const BY_CHANNEL: Readonly<Record<string, number>> = { a: 7, c: 3 };
const BY_PLACE: Readonly<Record<string, readonly number[]>> = { a: [5, 1], b: [0, 0, 4] };

const CUSTOM_RULES: readonly [string, ModelSpec, Share][] = [
  [
    '3, 2 from the start, 1 between, 4 at the end',
    {
      name: 'custom-by-position',
      parameters: { start: [3, 2], rest: 1, end: [4] },
    },
    weighing(({ length }, at) => {
      const isBetween = at >= 2 && at < length - 1;
      const rest = isBetween ? 1 : 0;
      const held = ([3, 2][at] ?? 0) + (at === length - 1 ? 4 : 0);
      return isBetween ? rest : held * Math.max(length - 3, 1);
    }),
  ],
  [
    'by channel, some of them nothing',
    { name: 'custom-by-channel', parameters: { channels: BY_CHANNEL } },
    weighing((channels, at) => BY_CHANNEL[channels[at] ?? ''] ?? 0),
  ],
  [
    'by channel and place',
    { name: 'custom-by-channel-and-place', parameters: { places: BY_PLACE, other: 2 } },
    weighing((channels, at) => {
      const own = BY_PLACE[channels[at] ?? ''];
      return own?.[at] ?? own?.at(-1) ?? 2;
    }),
  ],
];

/** Each within one unit of the exact share. */
function agree(rows: readonly PathRow[], spec: ModelSpec, share: Share) {
  const naive = naiveCredit(rows, share);
  const within = (units: bigint, exact: Fraction) => {
    const { over, under } = minus(fraction(units), exact);
    expect((over < 0n ? -over : over) < under).toBe(true);
  };
  for (const { channel, conversions, value } of pathReport(counted(rows, options), spec).credits) {
    within(conversions, times(naive.get(channel)?.conversions ?? ZERO, fraction(UNIT)));
    within(value, naive.get(channel)?.value ?? ZERO);
  }
}

describe('path reports', () => {
  it.each(RULES)('%s is within one unit of the rational sum over journeys', (_, spec, share) => {
    fc.assert(fc.property(rowsOf({ longest: 9 }), (rows) => agree(rows, spec, share)));
  });

  it.each([...PATH_MODELS])('I8: %s and the unattributed sum to what was observed', (name) => {
    fc.assert(
      fc.property(rowsOf(), (rows) => {
        const spec = name === 'last-non-direct' ? { name, parameters: { exclude: EXCLUDED } } : { name };
        const { credits, unattributed, totals } = pathReport(counted(rows, options), spec);
        const won = rows.reduce((all, it) => all + it.conversions, 0);
        const worth = rows.reduce((all, it) => all + it.value, 0n);
        expect(totals).toEqual({ conversions: BigInt(won) * UNIT, value: worth });
        expect(credits.reduce((all, it) => all + it.conversions, unattributed.conversions)).toBe(
          totals.conversions,
        );
        expect(credits.reduce((all, it) => all + it.value, unattributed.value)).toBe(worth);
      }),
    );
  });

  it.each(CUSTOM_RULES)('custom, %s, is within one unit of the rational sum, and whole', (_, spec, share) => {
    fc.assert(
      fc.property(rowsOf({ longest: 9 }), (rows) => {
        agree(rows, spec, share);
        const { credits, unattributed, totals } = pathReport(counted(rows, options), spec);
        for (const column of ['conversions', 'value'] as const)
          expect(credits.reduce((all, it) => all + it[column], unattributed[column])).toBe(totals[column]);
      }),
    );
  });

  it('what a custom model gives to no touch of a path is unattributed', () => {
    const counters = counted([row('a>b', 3, 1, 9n), row('b', 2, 0, 4n), row('', 1, 0, 5n)], options);
    const { credits, unattributed } = pathReport(counters, {
      name: 'custom-by-channel',
      parameters: { channels: { a: 1 } },
    });
    expect(credits.map(({ conversions, value }) => [conversions, value])).toEqual([
      [3n * UNIT, 9n],
      [0n, 0n],
    ]);
    expect(unattributed).toEqual({ conversions: 3n * UNIT, value: 9n });
  });

  it('general Shapley values come with credit that is whole, and with how they were found', () => {
    const counters = counted([row('a', 4), row('a>b', 6, 2, 30n)], options);
    const conversions = pathReport(counters, {
      name: 'shapley-general',
      parameters: { game: 'conversions' },
    });
    expect(conversions).toMatchObject({ model: 'shapley-general-conversions', general: { method: 'exact' } });
    expect(conversions.credits.map((it) => it.conversions)).toEqual([7n * UNIT, 3n * UNIT]);
    const many = Array.from({ length: 21 }, (_, at) => row(`c${at}>c${at + 1}`, at + 1, 3, 7n));
    const spec = { name: 'shapley-general', parameters: { permutations: 50, seed: 3 } };
    const sampled = pathReport(counted(many, options), spec);
    expect(sampled.general?.method).toBe('sampled');
    expect(sampled.credits.reduce((all, it) => all + it.conversions, 0n)).toBe(sampled.totals.conversions);
    const whole = Number(sampled.general?.whole.conversions) / 1e12;
    const errors = sampled.general?.values.map(({ standardError }) => standardError.conversions / 1e12);
    const scaled = errors?.map((error) => (error / whole) * (Number(sampled.totals.conversions) / 1e12));
    expect(Math.min(...(scaled ?? []))).toBeGreaterThan(0);
    for (const [at, error] of (sampled.general?.creditErrors ?? []).entries())
      expect(error.conversions).toBeCloseTo(scaled?.[at] ?? NaN, 9);
    const rare = counted([row('a', 1, 2 ** 52, 1n)], options);
    expect(() => pathReport(rare, { name: 'shapley-general' })).toThrow('Give the game conversions.');
  });

  it('influence: whole to each channel, or to each of its touches', () => {
    const counters = counted([row('a>b>a', 2, 1, 5n), row('b', 1)]);
    expect(participation(counters).map(({ conversions }) => conversions / UNIT)).toEqual([2n, 3n]);
    expect(uniform(counters)).toEqual([
      { channel: 'a', conversions: 4n * UNIT, value: 10n },
      { channel: 'b', conversions: 3n * UNIT, value: 5n },
    ]);
  });

  it('says what to count for models, and refuses them before anything is counted', () => {
    const asked = [
      { name: 'markov', parameters: { order: 2 } },
      { name: 'last-non-direct', parameters: { exclude: ['b'] } },
      { name: 'custom-by-channel', parameters: { channels: { a: 1 } } },
      { name: 'linear' },
    ];
    expect(countersFor(asked)).toEqual({
      ...{ orders: [2], exclusions: [new Set(['b'])], sets: false, paths: true },
    });
    const of =
      (name: string, parameters = {}) =>
      () =>
        countersFor([{ name, parameters }]);
    expect(of('time-decay')).toThrow('time-decay looks at when touches were or at milestones');
    expect(of('magic')).toThrow('Paths have no model magic. Give one of first, last,');
    expect(of('markov', { order: 'two' })).toThrow('Give 1, 2, 3 or up to the longest path.');
    expect(of('shapley-general', { game: 'chess' })).toThrow('Give one of rate, conversions.');
    expect(of('shapley-general', { permutations: 1 })).toThrow('Give a whole number, 2 to');
    expect(of('custom-by-channel', { channels: { a: -1 } })).toThrow('not negative');
    expect(of('custom-by-channel', { channels: { a: 0 } })).toThrow('Give at least one weight above 0.');
    expect(of('shapley', { order: 1 })).toThrow('Leave it out; it has none.');
  });

  it('conversions without a touch are unattributed, never first touch', () => {
    const { credits, unattributed } = pathReport(counted([row('', 2, 1, 9n), row('a', 1)]), {
      name: 'first',
    });
    expect(unattributed).toEqual({ conversions: 2n * UNIT, value: 9n });
    expect(credits).toEqual([{ channel: 'a', conversions: UNIT, value: 0n }]);
  });

  it('the mta fixture: linear 2, 19/6, 19/6, 5/3 and position 2, 7/2, 7/2, 1', () => {
    const rows = [row('direct', 2, 1), row('search>email', 3, 2), row('search>social>email', 5, 4)];
    const of = (name: string) => {
      const { credits } = pathReport(counted(rows), { name });
      return Object.fromEntries(credits.map((it) => [it.channel, formatDecimal(it.conversions)]));
    };
    expect(of('linear')).toEqual({
      direct: '2',
      email: '3.166666666667',
      search: '3.166666666667',
      social: '1.666666666666',
    });
    expect(of('position-based')).toEqual({ direct: '2', email: '3.5', search: '3.5', social: '1' });
  });

  it('Direct > Organic > Direct worth 140: position 56 + 28 + 56, linear 46.67 each', () => {
    const counters = counted([row('Direct>Organic>Direct', 1, 0, 14_000n)]);
    const of = (name: string) => pathReport(counters, { name }).credits.map(({ value }) => value);
    expect(of('position-based')).toEqual([11_200n, 2_800n]);
    expect(of('linear')).toEqual([9_333n, 4_667n]);
  });

  it('the spread is the most of any model less the least', () => {
    const counters = counted([row('a>b', 3, 0, 10n)]);
    const [a] = spreadOf(['first', 'linear'].map((name) => pathReport(counters, { name })));
    expect(a).toEqual({
      channel: 'a',
      least: { conversions: (3n * UNIT) / 2n, value: 5n },
      most: { conversions: 3n * UNIT, value: 10n },
      spread: { conversions: (3n * UNIT) / 2n, value: 5n },
    });
    expect(spreadOf([])).toEqual([]);
  });

  it('refuses what it cannot answer, with what to do', () => {
    const counters = counted([row('a', 1)]);
    const asked =
      (name: string, parameters = {}) =>
      () =>
        pathReport(counters, { name, parameters });
    expect(asked('time-decay')).toThrow('Give one of first, last,');
    expect(asked('shapley', { order: 1 })).toThrow('Leave it out; it has none.');
    expect(asked('markov', { orders: 1 })).toThrow('It has order, lost.');
    expect(asked('markov', { order: '1' })).toThrow('Give 1, 2, 3 or up to the longest path.');
    expect(asked('markov', { lost: 'no' })).toThrow('Give one of with, without.');
    expect(asked('custom-by-channel', { channels: { a: 1 } })).toThrow('Count them with `paths`.');
    expect(asked('last-non-direct')).toThrow('Paths were not counted without direct. Count them so.');
    expect(asked('position-based', { first: 0, middle: 0, last: 0 })).toThrow(
      'Give at least one weight above 0.',
    );
  });
});

const data = channelPaths();
(data ? describe : describe.skip)(
  `channel-paths${data ? '' : ' (SKIPPED: the data is not in ../shared/data)'}`,
  () => {
    const { rows = [], truth } = data ?? {};
    const counters = counted(rows, options);

    it('holds what its truth.json says it holds', () => {
      expect(counters.totals.conversions).toBe(truth?.conversions);
      expect(counters.totals.losses).toBe(truth?.null_paths);
      expect(Number(counters.totals.value) / 1e12).toBeCloseTo(truth?.conversion_value ?? 0, 3);
      expect(counters.longest).toBe(truth?.longest_path);
    });

    it.each([
      ['first_touch', 'first'],
      ['last_touch', 'last'],
      ['linear', 'linear'],
      ['position_40_20_40', 'position-based'],
    ])('%s is as published, to the places published', (published, name) => {
      const figures = truth?.credit_conversions_value[published] ?? {};
      const { credits } = pathReport(counters, { name });
      expect(credits.map(({ channel }) => channel)).toEqual(Object.keys(figures).sort());
      for (const { channel, conversions, value } of credits) {
        const [won, worth] = figures[channel] ?? [Number.NaN, Number.NaN];
        expect(Math.abs(Number(conversions) / 1e12 - won)).toBeLessThanOrEqual(5.0001e-5);
        expect(Math.abs(Number(value) / 1e12 - worth)).toBeLessThanOrEqual(5.0001e-5);
      }
    });

    it.each([...RULES, ...CUSTOM_RULES])(
      '%s is within one unit of 1e-12 of the rational sum',
      (_, spec, share) => {
        agree(rows, spec, share);
      },
    );
  },
);
