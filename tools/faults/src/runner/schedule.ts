import type { Fault } from '../fault/fault.ts';
import { chance } from './random.ts';

export interface Planned {
  readonly fault: Fault;
  /** seconds after the start of the load */
  readonly at: number;
  readonly holds: number;
  readonly lane: number;
}

type Random = ReturnType<typeof chance>;

const FIRST = 4;
const LANES = 2;
const GAP = [1, 4] as const;
/** What is killed needs that long to be back, so the next fault finds something to disturb. */
const RECOVERY = 5;
const MOST_MISSES = 40;

/**
 * Which faults come when: two lanes, so that two that disturb different parts may meet, and one for those that go apart,
 * which are planned after all others. Follows from the seed alone; every fault's turn to come first is one seed in as
 * many as there are.
 */
export function plan(seed: number, seconds: number, faults: readonly Fault[]): Planned[] {
  const random = chance(seed, 'schedule');
  const free = [FIRST, FIRST + random.between(2, 6)];
  const together = faults.filter(({ apart }) => !apart);
  const shared = fill({ seed, seconds, random, free, lane: 0 }, together, []);
  const own = chance(seed, 'schedule apart');
  const from = { seed, seconds, random: own, free: [FIRST + own.between(1, 5)], lane: LANES };
  const apart = fill(
    from,
    faults.filter((fault) => fault.apart),
    shared,
  );
  return [...shared, ...apart].sort((a, b) => a.at - b.at);
}

interface Filling {
  readonly seed: number;
  readonly seconds: number;
  readonly random: Random;
  /** from when on each lane is free */
  readonly free: number[];
  /** number of the first of these lanes */
  readonly lane: number;
}

/** @param others what is planned already and stays as it is */
function fill(
  { seed, seconds, random, free, lane: firstLane }: Filling,
  faults: readonly Fault[],
  others: readonly Planned[],
): Planned[] {
  const planned: Planned[] = [];
  let deck = shuffled(faults, random);
  const first = faults[seed % Math.max(1, faults.length)];
  if (first) deck = [first, ...deck.filter((fault) => fault !== first)];
  for (let misses = 0; faults.length > 0 && misses < MOST_MISSES;) {
    if (deck.length === 0) deck = shuffled(faults, random);
    const lane = free.indexOf(Math.min(...free));
    const at = free[lane] ?? 0;
    if (at >= seconds) break;
    const fits = (fault: Fault) =>
      planned.every((other) => !meets(other, at, 0) || !conflict(other.fault, fault)) &&
      others.every((other) => !meets(other, at, longest(fault)) || !conflict(other.fault, fault));
    const index = deck.findIndex(fits);
    const [fault] = index < 0 ? [] : deck.splice(index, 1);
    const holds = fault ? Math.min(length(fault, seconds - at, random), Math.max(1, seconds - at)) : 0;
    if (fault && at + holds <= seconds) planned.push({ fault, at, holds, lane: firstLane + lane });
    else misses += 1;
    free[lane] = at + holds + (fault ? random.between(...GAP) : 1);
  }
  return planned;
}

export function conflict(a: Fault, b: Fault): boolean {
  const uses = ({ on, beside = [] }: Fault) => [...on, ...beside];
  return a.on.some((part) => uses(b).includes(part)) || b.on.some((part) => uses(a).includes(part));
}

function meets(other: Planned, at: number, forSeconds: number): boolean {
  return other.at <= at + forSeconds && at < other.at + other.holds + RECOVERY;
}

function longest({ holds }: Fault): number {
  return typeof holds === 'function' ? Infinity : holds[1];
}

function length({ holds }: Fault, left: number, random: { next(): number }): number {
  if (typeof holds === 'function') return holds(left);
  const [low, high] = holds;
  return low + random.next() * (high - low);
}

function shuffled<T>(all: readonly T[], random: { between(low: number, high: number): number }): T[] {
  const left = [...all];
  return all.map(() => left.splice(random.between(0, left.length - 1), 1)[0] as T);
}
