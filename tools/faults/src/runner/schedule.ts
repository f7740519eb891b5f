import type { Fault } from '../fault/fault.ts';
import { chance } from './random.ts';

export interface Planned {
  readonly fault: Fault;
  /** seconds after the start of the load */
  readonly at: number;
  readonly holds: number;
  readonly lane: number;
}

const FIRST = 4;
const LANES = 2;
const GAP = [1, 4] as const;
/** What is killed needs that long to be back, so the next fault finds something to disturb. */
const RECOVERY = 5;

/**
 * Which faults come when: two lanes, so that two that disturb different parts may meet. Follows from the seed alone.
 * Every fault's turn to come first is one seed in as many as there are.
 */
export function plan(seed: number, seconds: number, faults: readonly Fault[]): Planned[] {
  const random = chance(seed, 'schedule');
  const planned: Planned[] = [];
  const free = [FIRST, FIRST + random.between(2, 6)];
  let deck = shuffled(faults, random);
  const first = faults[seed % Math.max(1, faults.length)];
  if (first) deck = [first, ...deck.filter((fault) => fault !== first)];
  for (let misses = 0; faults.length > 0 && misses < 40;) {
    if (deck.length === 0) deck = shuffled(faults, random);
    const lane = (free[0] ?? 0) <= (free[1] ?? 0) ? 0 : LANES - 1;
    const at = free[lane] ?? 0;
    if (at >= seconds) break;
    const index = deck.findIndex((fault) =>
      planned.every((other) => !meets(other, at) || !conflict(other.fault, fault)),
    );
    const [fault] = index < 0 ? [] : deck.splice(index, 1);
    const holds = fault ? Math.min(length(fault, seconds - at, random), Math.max(1, seconds - at)) : 0;
    if (fault && at + holds <= seconds) planned.push({ fault, at, holds, lane });
    else misses += 1;
    free[lane] = at + holds + (fault ? random.between(...GAP) : 1);
  }
  return planned.sort((a, b) => a.at - b.at);
}

export function conflict(a: Fault, b: Fault): boolean {
  const uses = ({ on, beside = [] }: Fault) => [...on, ...beside];
  return a.on.some((part) => uses(b).includes(part)) || b.on.some((part) => uses(a).includes(part));
}

function meets(other: Planned, at: number): boolean {
  return other.at <= at && at < other.at + other.holds + RECOVERY;
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
