import fc from 'fast-check';
import { aPlan, type Plan } from './plan.ts';
import { Broken, simulate } from './simulate.ts';
import type { World } from './world.ts';

export interface Hunt {
  readonly seed: number;
  readonly runs: number;
  /** of fast-check: leads straight to one plan of the seed */
  readonly path?: string;
  /** whether to look for a smaller plan that breaks too */
  readonly shrink: boolean;
  readonly signal?: AbortSignal;
  readonly onRun?: () => void;
}

export interface Caught {
  readonly seed: number;
  readonly path: string;
  readonly plan: Plan;
  /** the invariant first */
  readonly broke: string;
  readonly story: readonly string[];
}

/** Tries for a smaller plan, after which the smallest so far is it. */
const SHRINKS = 150;

/** Runs random plans, as many worlds at once as are given, each from a seed of its own. @returns the first that broke */
export async function hunt(worlds: readonly World[], options: Hunt): Promise<Caught | null> {
  const found = new AbortController();
  const ends = [found.signal, ...(options.signal ? [options.signal] : [])];
  const lanes = worlds.map(async (world, lane) => {
    const share = Math.floor((options.runs + lane) / worlds.length);
    const caught =
      share === 0
        ? null
        : await huntAlone(world, { ...options, runs: share, seed: options.seed + lane }, ends);
    if (caught) found.abort();
    return caught;
  });
  return (await Promise.all(lanes)).find((caught) => caught !== null) ?? null;
}

async function huntAlone(world: World, hunting: Hunt, ends: readonly AbortSignal[]): Promise<Caught | null> {
  const { seed, runs, path, shrink, onRun } = hunting;
  let last: Broken | null = null;
  let tries = 0;
  const property = fc.asyncProperty(aPlan, async (plan) => {
    if (last ? (tries += 1) > SHRINKS : ends.some(({ aborted }) => aborted)) return;
    try {
      await simulate(world, plan);
      onRun?.();
    } catch (error) {
      last = error instanceof Broken ? error : new Broken(String(error), []);
      throw last;
    }
  });
  const way = path === undefined ? {} : { path };
  const details = await fc.check(property, { seed, numRuns: runs, endOnFailure: !shrink, ...way });
  const [plan] = details.counterexample ?? [];
  if (!plan) return null;
  const broken = details.errorInstance as Broken;
  return { seed, path: details.counterexamplePath ?? '', plan, broke: broken.message, story: broken.story };
}
