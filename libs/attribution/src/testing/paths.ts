import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { PathCounters, type CounterOptions } from '../path/path-counters.ts';
import { pathFileReader } from '../path/path-file.ts';
import type { PathRow } from '../path/path-row.ts';

export const row = (path: string, conversions: number, losses = 0, value = 0n): PathRow => ({
  channels: path === '' ? [] : path.split('>'),
  conversions,
  losses,
  value,
});

/** Rows of up to five channels: short and long paths, loops, repeats, no touch at all, nothing won, nothing lost. */
export function rowsOf(
  options: { readonly most?: number; readonly longest?: number; readonly shortest?: number } = {},
): fc.Arbitrary<PathRow[]> {
  const { most = 12, longest = 6, shortest = 0 } = options;
  return fc.array(
    fc
      .record({
        channels: fc.array(fc.constantFrom('e', 'a', 'd', 'b', 'c'), {
          minLength: shortest,
          maxLength: longest,
        }),
        conversions: fc.oneof(fc.constant(0), fc.nat(4), fc.nat(1_000_000)),
        losses: fc.oneof(fc.constant(0), fc.nat(4), fc.nat(1_000_000)),
        value: fc.bigInt({ min: 0n, max: 10n ** 20n }),
      })
      .map((it) => ({ ...it, value: it.conversions === 0 ? 0n : it.value })),
    { maxLength: most },
  );
}

export function counted(rows: readonly PathRow[], options: CounterOptions = {}): PathCounters {
  const counters = new PathCounters(options);
  for (const each of rows) counters.add(each);
  return counters;
}

const folder = join(import.meta.dirname, '../../../../../shared/data/channel-paths');

export interface Truth {
  readonly conversions: number;
  readonly conversion_value: number;
  readonly null_paths: number;
  readonly longest_path: number;
  readonly credit_conversions_value: Readonly<Record<string, Readonly<Record<string, [number, number]>>>>;
}

/** The data set channel-paths with its figures; null where it is not beside the repository. */
export function channelPaths(): { rows: PathRow[]; truth: Truth } | null {
  const file = join(folder, 'channel_paths_sample.csv.gz');
  if (!existsSync(file)) return null;
  const [header = '', ...lines] = gunzipSync(readFileSync(file)).toString('utf8').trim().split('\n');
  const read = pathFileReader(header.split(','));
  return {
    rows: lines.map((line) => read(line.split(','))),
    truth: JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth,
  };
}
