import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './compare.ts';
import { readEntries, Report } from './report.ts';
import { spread } from './spread.ts';

/** A clock that each side moves on by what it says it takes. */
class Work {
  ms = 0;
  readonly order: string[] = [];

  side(name: string, units: number, takes: (round: number) => number) {
    return {
      name,
      prepare: async (round: number) => {
        this.order.push(`${name} prepares ${round}`);
        this.ms += 10_000;
      },
      run: async (round: number) => {
        this.order.push(`${name} ${round}`);
        this.ms += takes(round);
        return units;
      },
    };
  }
}

async function withReport<T>(work: (report: Report, file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-bench-spec-'));
  const file = join(folder, 'deep/report.json');
  const report = new Report({ file, scale: 1, machine: 'a machine', show: () => undefined });
  report.begin('spec');
  try {
    return await work(report, file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const comparison = (work: Work) => ({
  name: 'two sides',
  goal: 2,
  unit: 'events',
  rounds: 3,
  // A warm-up that is a hundred times slower, and a machine that is half as fast in the second round.
  ours: work.side('ours', 100, (round) => [100_000, 100, 200, 50][round] ?? 0),
  theirs: work.side('theirs', 100, (round) => [100_000, 200, 400, 200][round] ?? 0),
});

describe('a comparison', () => {
  it('alternates the sides, turns the order each round and prepares each before its turn', async () => {
    const work = new Work();
    await withReport((report) => compare(comparison(work), report, () => work.ms));
    const runs = work.order.filter((step) => !step.includes('prepares'));
    expect(runs.join(', ')).toBe('ours 0, theirs 0, theirs 1, ours 1, ours 2, theirs 2, theirs 3, ours 3');
    expect(work.order.slice(0, 4)).toEqual(['ours prepares 0', 'ours 0', 'theirs prepares 0', 'theirs 0']);
  });

  it('takes the ratio within each round, without warm-up and preparation', async () => {
    const work = new Work();
    const result = await withReport((report) => compare(comparison(work), report, () => work.ms));
    expect(result.ratio).toEqual({ min: 2, median: 2, max: 4 });
    expect(result.ours.rate).toEqual({ min: 500, median: 1000, max: 2000 });
    expect(result.theirs.rate).toEqual({ min: 250, median: 500, max: 500 });
    expect(result.reached).toBe(true);
  });

  it('is on disk at once, after what earlier runs found', async () => {
    const work = new Work();
    await withReport(async (report, file) => {
      report.measured('before', { rows: 1 });
      await compare(comparison(work), report, () => work.ms);
      expect(readEntries(file).map(({ bench, kind, name }) => [bench, kind, name])).toEqual([
        ['spec', 'measurement', 'before'],
        ['spec', 'comparison', 'two sides'],
      ]);
      expect(readEntries(join(file, '../none.json'))).toEqual([]);
    });
  });
});

describe('a spread', () => {
  it('has the mean of the two middles of an even number, and nothing of no values', () => {
    expect(spread([3, 1, 2])).toEqual({ min: 1, median: 2, max: 3 });
    expect(spread([10, 1, 2, 3])).toEqual({ min: 1, median: 2.5, max: 10 });
    expect(() => spread([])).toThrow('at least one value');
  });
});
