import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { removalEffects } from '../model/markov.ts';
import { orderedShapley } from '../model/shapley-ordered.ts';
import { rateShapley } from '../model/shapley-rate.ts';
import { counted, row, rowsOf } from '../testing/paths.ts';
import { limbs } from './cells.ts';
import { KeyIndex } from './key-index.ts';
import { PathCounters } from './path-counters.ts';
import { pathReport } from './path-report.ts';
import type { PathRow } from './path-row.ts';

const OPTIONS = {
  orders: [1, 2, 3],
  exclusions: [new Set(['a', 'b'])],
  ordered: true,
  sets: true,
  paths: true,
};
const MODELS = [
  'first',
  'last',
  'linear',
  'linear-by-channel',
  'position-based',
  'j-shaped',
  'inverse-j-shaped',
  'shapley',
];

/** Everything that can be read of counters, doubles to the bit. */
function everything(counters: PathCounters) {
  const shapley = pathReport(counters, { name: 'shapley' });
  return {
    reports: MODELS.map((name) => pathReport(counters, { name })),
    nonDirect: pathReport(counters, { name: 'last-non-direct', parameters: { exclude: ['b', 'a'] } }),
    custom: pathReport(counters, { name: 'custom-by-channel', parameters: { channels: { a: 3, b: 7 } } }),
    markov: OPTIONS.orders
      .filter((order) => order <= counters.longest)
      .flatMap((order) => [true, false].map((withLost) => removalEffects(counters, { order, withLost }))),
    ordered: orderedShapley(counters, shapley.credits),
    rates: rateShapley(counters, { permutations: 2, seed: 1 }),
    totals: [counters.totals, counters.unattributed, counters.longest],
  };
}

/** Rows to keep, and rows that are added and taken back on the way, all in one shuffled history. */
const histories = fc
  .record({
    kept: rowsOf(),
    passing: rowsOf({ most: 8 }),
    keys: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
  })
  .map(({ kept, passing, keys }) => {
    const key = (at: number) => keys[at % keys.length] ?? 0;
    const steps = [
      ...kept.map((it, at) => ({ row: it, sign: 1, key: key(at) })),
      ...passing.flatMap((it, at) => {
        const added = key(at + 20);
        return [
          { row: it, sign: 1, key: added },
          { row: it, sign: -1, key: added + key(at + 7) + 1 },
        ];
      }),
    ];
    return { kept, steps: steps.sort((a, b) => a.key - b.key) };
  });

describe('path counters', () => {
  it('I4: any history that leaves the same rows reads the same, bit for bit', () => {
    fc.assert(
      fc.property(histories, ({ kept, steps }) => {
        const counters = new PathCounters(OPTIONS);
        for (const step of steps) {
          if (step.sign > 0) counters.add(step.row);
          else counters.subtract(step.row);
        }
        expect(everything(counters)).toEqual(everything(counted(kept, OPTIONS)));
      }),
      { numRuns: 60 },
    );
  });

  it('one journey late is the same as one journey in time', () => {
    const rows = [row('a>b', 3, 1, 7n), row('b>c>a', 2, 0, 1n), row('', 1, 0, 5n)];
    const late = counted(rows, OPTIONS);
    everything(late);
    late.add(row('c', 1, 0, 2n));
    expect(everything(late)).toEqual(everything(counted([row('c', 1, 0, 2n), ...rows], OPTIONS)));
  });

  it('refuses to subtract what was not added, and is left as it was', () => {
    const counters = counted([row('a>b', 3, 1, 7n)], OPTIONS);
    const before = everything(counters);
    for (const wrong of [row('a>b', 4, 0, 1n), row('b>a', 1), row('a', 0, 1), row('a>b', 1, 0, 8n)])
      expect(() => counters.subtract(wrong)).toThrow('more of it than was added');
    expect(everything(counters)).toEqual(before);
  });

  it.each<[string, Partial<PathRow>, string]>([
    [
      'half a journey',
      { conversions: 0.5 },
      'conversions is 0.5. Give a whole number of journeys, 0 or more.',
    ],
    ['fewer than none', { losses: -1 }, 'losses is -1.'],
    ['a negative value', { value: -1n }, 'Give 0 or more.'],
    [
      'a value of nothing',
      { conversions: 0, value: 1n },
      'Give the conversions it comes from, or a value of 0.',
    ],
    ['a touch without a channel', { channels: ['a', ''] }, 'Name it, such as "unknown".'],
    ['too long a path', { channels: Array<string>(65_536).fill('a') }, 'Keep its last 65535.'],
    ['a value beyond all sums', { value: 1n << 92n }, 'Count in larger units.'],
    ['more journeys than can be summed', { conversions: Number.MAX_SAFE_INTEGER }, 'added exactly'],
  ])('refuses %s, and is left as it was', (_, change, message) => {
    const counters = counted([row('a>b', 1, 0, 1n)], OPTIONS);
    const before = everything(counters);
    expect(() => counters.add({ ...row('a>b', 1, 0, 1n), ...change })).toThrow(message);
    expect(everything(counters)).toEqual(before);
  });

  it('refuses one channel too many, which leaves room for as much as before', () => {
    const counters = new PathCounters();
    const names = Array.from({ length: 65_536 }, (_, at) => `c${at}`);
    for (const half of [names.slice(32_768), names.slice(0, 32_768)])
      counters.add({ channels: half, conversions: 1, losses: 0, value: 0n });
    const tooMany = () => counters.add(row('one more', 2 ** 37));
    for (let times = 0; times < 3; times++) expect(tooMany).toThrow('more than 65536 channels');
    counters.add(row('c1', 2 ** 37));
    expect(counters.totals.conversions).toBe(2 ** 37 + 2);
  });

  it('keeps values exactly, however large', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 1n << 85n }), { maxLength: 30 }), (values) => {
        const counters = counted(values.map((value) => row('a>b', 1, 0, value)));
        const sum = values.reduce((all, value) => all + value, 0n);
        expect(pathReport(counters, { name: 'last' }).credits.at(-1)?.value ?? 0n).toBe(sum);
        for (const value of values) {
          const { low, high } = limbs(value);
          expect((BigInt(high) << 40n) + BigInt(low)).toBe(value);
        }
      }),
    );
  });

  it('numbers any keys, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat(), { maxLength: 300 }), (keys) => {
        const index = new KeyIndex();
        const numbers = keys.map((key) => index.numberOf(key));
        expect(index.size).toBe(new Set(keys).size);
        for (const [at, key] of keys.entries()) {
          expect(index.find(key)).toBe(numbers[at]);
          expect(index.keyAt(numbers[at] ?? -1)).toBe(key);
        }
      }),
    );
  });
});
