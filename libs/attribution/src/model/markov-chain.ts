import type { WindowCounts } from '../path/window-counts.ts';

/**
 * A chain read backwards, from conversions to where their paths began. The counts of observed paths balance (what
 * enters a window leaves it), so the walk backwards from the conversions, by the same counts, is the converting walk
 * reversed: whether it meets a channel needs no conversion probability, and lost journeys enter as the steps they took.
 * States are windows, by name; columns are channels, by name. Only states from which a conversion can be reached.
 */
export interface ReverseChain {
  readonly order: number;
  readonly states: number;
  /** names, sorted */
  readonly channels: readonly string[];
  /** of state s: `order` column numbers from s × order, oldest first */
  readonly windows: Int32Array;
  /** steps into state s, itself aside: from offsets[s] up to offsets[s + 1], ascending by source */
  readonly offsets: Int32Array;
  readonly sources: Int32Array;
  readonly counts: Float64Array;
  /** paths of which s is the first window */
  readonly entered: Float64Array;
  /** steps into s and entries, itself aside */
  readonly inflow: Float64Array;
  /** conversions and their value, by last window */
  readonly conversions: Float64Array;
  readonly value: Float64Array;
  /** converting paths shorter than the order */
  readonly short: readonly { readonly channels: readonly number[]; conversions: number; value: number }[];
}

/**
 * @param names channel names by number
 * @param present numbers of the channels that there are
 * @param withLost whether lost journeys count as steps
 */
export function reverseChain(
  counts: WindowCounts,
  names: readonly string[],
  present: readonly number[],
  withLost: boolean,
): ReverseChain {
  const { order } = counts;
  const sorted = [...present].sort((a, b) => ((names[a] as string) < (names[b] as string) ? -1 : 1));
  const columns = new Int32Array(names.length);
  for (const [column, channel] of sorted.entries()) columns[channel] = column;
  const columnsOf = (window: number) =>
    Array.from(counts.channelsOf(window), (channel) => columns[channel] as number);

  const steps = counts.steps().flatMap(({ from, to, conversions, losses }) => {
    const count = conversions + (withLost ? losses : 0);
    return count > 0 ? [{ from, to, count }] : [];
  });
  const ends = counts.ends().filter(({ conversions }) => conversions > 0);
  const full = ends.filter(({ window }) => counts.channelsOf(window).length === order);
  const short = ends
    .filter(({ window }) => counts.channelsOf(window).length < order)
    .map((end) => ({
      channels: columnsOf(end.window),
      conversions: end.conversions,
      value: Number(end.value),
    }))
    .sort((a, b) => compareWindows(a.channels, b.channels));

  const windows = leadingTo(
    steps,
    full.map(({ window }) => window),
  );
  const named = windows.map((window) => ({ window, columns: columnsOf(window) }));
  named.sort((a, b) => compareWindows(a.columns, b.columns));
  const stateOf = new Map(named.map(({ window }, state) => [window, state]));
  const states = named.length;

  const entered = new Float64Array(states);
  const inflow = new Float64Array(states);
  const kept: Inner[] = [];
  for (const { from, to, count } of steps) {
    const state = stateOf.get(to);
    if (state === undefined || from === to) continue;
    inflow[state] = (inflow[state] as number) + count;
    if (from === null) entered[state] = (entered[state] as number) + count;
    else kept.push({ from: stateOf.get(from) as number, to: state, count });
  }
  // stable: by source first, so that within a target sources ascend
  const bySource = bucketed(kept, states, (step) => step.from).sorted;
  const { sorted: inner, offsets } = bucketed(bySource, states, (step) => step.to);

  const conversions = new Float64Array(states);
  const value = new Float64Array(states);
  for (const end of full) {
    const state = stateOf.get(end.window) as number;
    conversions[state] = end.conversions;
    value[state] = Number(end.value);
  }
  return {
    ...{ order, states, short, entered, inflow, conversions, value, offsets },
    channels: sorted.map((channel) => names[channel] as string),
    windows: Int32Array.from(named.flatMap((state) => state.columns)),
    sources: Int32Array.from(inner, ({ from }) => from),
    counts: Float64Array.from(inner, ({ count }) => count),
  };
}

interface Inner {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Sorted by a number under `buckets`, those of one bucket in the order they came, and where each bucket begins. */
function bucketed(
  steps: readonly Inner[],
  buckets: number,
  of: (step: Inner) => number,
): { sorted: Inner[]; offsets: Int32Array } {
  const offsets = new Int32Array(buckets + 1);
  for (const step of steps) offsets[of(step) + 1] = (offsets[of(step) + 1] as number) + 1;
  for (let at = 0; at < buckets; at++)
    offsets[at + 1] = (offsets[at + 1] as number) + (offsets[at] as number);
  const next = offsets.slice();
  const sorted = new Array<Inner>(steps.length);
  for (const step of steps) {
    const at = next[of(step)] as number;
    sorted[at] = step;
    next[of(step)] = at + 1;
  }
  return { sorted, offsets };
}

/** The given windows and every one that leads to one of them. */
function leadingTo(
  steps: readonly { from: number | null; to: number }[],
  windows: readonly number[],
): number[] {
  const before = new Map<number, number[]>();
  for (const { from, to } of steps) {
    if (from === null) continue;
    const all = before.get(to);
    if (all) all.push(from);
    else before.set(to, [from]);
  }
  const found = new Set(windows);
  for (const window of found) for (const from of before.get(window) ?? []) found.add(from);
  return [...found];
}

function compareWindows(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length && at < b.length; at++)
    if (a[at] !== b[at]) return (a[at] as number) - (b[at] as number);
  return a.length - b.length;
}
