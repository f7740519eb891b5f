import type { Report } from './report.ts';
import { spread, type Spread } from './spread.ts';

/** One side of a comparison: does the whole of its work once and returns how many units it did. */
export interface Side {
  readonly name: string;
  /** What must be there before a round and is not measured, such as an emptied table. */
  prepare?(round: number): Promise<void>;
  run(round: number): Promise<number>;
}

export interface Comparison {
  readonly name: string;
  /** what the ratio ours/theirs should reach; null where none was set */
  readonly goal: number | null;
  /** of what the sides return, such as 'events' */
  readonly unit: string;
  readonly ours: Side;
  readonly theirs: Side;
  /** counted rounds, 5 unless told */
  readonly rounds?: number;
  /** what keeps the ratio from being greater, in one sentence */
  readonly limits?: string;
}

export interface MeasuredSide {
  readonly name: string;
  /** units a second */
  readonly rate: Spread;
}

export interface Result {
  readonly name: string;
  readonly unit: string;
  readonly goal: number | null;
  readonly ours: MeasuredSide;
  readonly theirs: MeasuredSide;
  readonly ratio: Spread;
  readonly reached: boolean | null;
  readonly limits: string | null;
}

/**
 * Alternates the sides; the order flips each round and the first round is a warm-up that is not counted. The ratio is
 * ours/theirs within one round, so that what slows the machine for a while slows both.
 * @param now milliseconds, for a test
 */
export async function compare(
  comparison: Comparison,
  report: Report,
  now: () => number = () => performance.now(),
): Promise<Result> {
  const { name, unit, goal, ours, theirs, rounds = 5, limits } = comparison;
  const rates = new Map<Side, number[]>([
    [ours, []],
    [theirs, []],
  ]);
  for (let round = 0; round <= rounds; round++) {
    for (const side of round % 2 === 0 ? [ours, theirs] : [theirs, ours]) {
      report.progress(`${name}: ${round === 0 ? 'warm-up' : `round ${round} of ${rounds}`}, ${side.name}`);
      await side.prepare?.(round);
      const started = now();
      const units = await side.run(round);
      const seconds = (now() - started) / 1000;
      if (round > 0) rates.get(side)?.push(units / seconds);
    }
  }
  const [mine = [], other = []] = [rates.get(ours), rates.get(theirs)];
  const ratio = spread(mine.map((rate, round) => rate / (other[round] as number)));
  const result: Result = {
    name,
    unit,
    goal,
    ours: { name: ours.name, rate: spread(mine) },
    theirs: { name: theirs.name, rate: spread(other) },
    ratio,
    reached: goal === null ? null : ratio.median >= goal,
    limits: limits ?? null,
  };
  report.compared(result);
  return result;
}
