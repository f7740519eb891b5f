import { AttributionError } from '../attribution.error.ts';
import type { PathCounters } from '../path/path-counters.ts';
import type { Weights } from '../path/weights.ts';
import { reverseChain, type ReverseChain } from './markov-chain.ts';
import { conversionOf } from './markov-conversion.ts';
import { eliminate, type Met } from './markov-elimination.ts';
import { ENOUGH, sweep } from './markov-sweeps.ts';

export interface RemovalEffect {
  readonly channel: string;
  /** the share of converting walks that visit the channel, 0 to 1 */
  readonly conversions: number;
  /** the same, each walk weighing what conversions at its end were worth on average */
  readonly value: number;
}

export interface RemovalEffects {
  readonly order: number;
  readonly withLost: boolean;
  /** that a walk converts: the observed rate of the journeys with a touch, at every order; 1 without lost journeys */
  readonly probability: number;
  /** windows that can lead to a conversion, and steps between different ones */
  readonly states: number;
  readonly steps: number;
  readonly method: 'elimination' | 'sweeps';
  readonly sweeps: number;
  /** an effect may be this much too low for want of more sweeps; 0 by elimination. Rounding aside */
  readonly error: number;
  /** sorted by channel */
  readonly effects: readonly RemovalEffect[];
}

export interface MarkovOptions {
  readonly order: number;
  /** whether lost journeys weigh on where walks go, as they do unless told */
  readonly withLost?: boolean;
  /** sweeps or channels done, and the share still open */
  readonly onProgress?: (done: number, open: number) => void;
}

/** Dense elimination takes 8 n² bytes. */
const MOST_DENSE = 3_000;
/** Sweeps that a walk of one step's mean length takes. */
const SWEEPS_A_STEP = 40;
/** Where elimination would take too much memory, sweeps go on for long. */
const MOST_STEPS = 1e12;

/**
 * Removal effects of a Markov chain over windows of the last k channels (Anderl et al. 2016), solved, not simulated:
 * RE(x) = 1 - P_x(conversion) / P(conversion), every window that holds x made a loss. The same counts give the same
 * bits. By elimination an effect is right to its last digits; by sweeps to `error` and some 1e-15 of rounding.
 * Small chains and such as walks stay in for long are eliminated.
 * @throws AttributionError on an order that was not counted, or is above the longest path
 */
export function removalEffects(counters: PathCounters, options: MarkovOptions): RemovalEffects {
  const { order, withLost = true, onProgress } = options;
  const windows = counters.windows.get(order);
  if (!windows)
    throw new AttributionError(
      'bad-parameter',
      'order',
      `Windows of order ${order} were not counted.`,
      `Count them, or ask for ${[...counters.windows.keys()].join(', ')}.`,
    );
  const chain = reverseChain(windows, counters.names, counters.present(), withLost);
  const steps = chain.counts.length;
  const { conversions, journeys } = conversionOf(windows, withLost);
  const probability = journeys === 0 ? 0 : conversions / journeys;
  const shape = { order, withLost, probability, states: chain.states, steps };
  // of a channel, a sweep costs the steps, an elimination n³/3: sweeps end where eliminating would have cost no more
  const dense = chain.states ** 3 / 3;
  const canEliminate = chain.states <= MOST_DENSE;
  const sweepsCost = SWEEPS_A_STEP * meanSteps(chain) * (steps + chain.states);
  if (!canEliminate || dense > sweepsCost) {
    const most = canEliminate ? dense : MOST_STEPS;
    const swept = sweep(chain, { most, ...(onProgress ? { onSweep: onProgress } : {}) });
    if (swept.error <= ENOUGH || !canEliminate) {
      const met = swept.met.map((each, column) => (isUnavoidable(chain, column) ? certain(each) : each));
      const effects = effectsOf(chain, met);
      return { ...shape, method: 'sweeps', sweeps: swept.sweeps, error: swept.error, effects };
    }
  }
  const met = chain.channels.map((_, column) => {
    onProgress?.(column, (chain.channels.length - column) / chain.channels.length);
    return eliminate(chain, column);
  });
  return { ...shape, method: 'elimination', sweeps: 0, error: 0, effects: effectsOf(chain, met) };
}

/** Weights by channel number, in proportion to the removal effects: credit is RE(x) / sum of RE × total. */
export function markovWeights(counters: PathCounters, { effects }: RemovalEffects): Weights {
  const byName = new Map(effects.map((effect) => [effect.channel, effect]));
  const column = (of: (effect: RemovalEffect) => number) =>
    counters.names.map((name) => {
      const effect = byName.get(name);
      return effect ? BigInt(Math.floor(of(effect) * 2 ** 100)) : 0n;
    });
  return { conversions: column((effect) => effect.conversions), value: column((effect) => effect.value) };
}

function effectsOf(chain: ReverseChain, met: readonly Met[]): RemovalEffect[] {
  const share = ({ met: yes, missed: no }: Met, at: 0 | 1) =>
    yes[at] === 0 ? 0 : yes[at] / (yes[at] + no[at]);
  return chain.channels.map((channel, column) => {
    const one = met[column] as Met;
    return { channel, conversions: share(one, 0), value: share(one, 1) };
  });
}

/** Steps of a walk on average, each window's stay counted once; whole numbers until the quotient. */
function meanSteps(chain: ReverseChain): number {
  let all = 0;
  let begun = 0;
  for (let state = 0; state < chain.states; state++) {
    all += chain.inflow[state] as number;
    begun += chain.entered[state] as number;
  }
  return begun === 0 ? 1 : all / begun;
}

const certain = ({ met }: Met): Met => ({ met, missed: [0, 0] });

/** Whether every converting walk meets the channel: no way back from a conversion to a beginning goes round it. */
function isUnavoidable(chain: ReverseChain, channel: number): boolean {
  if (chain.short.some(({ channels }) => !channels.includes(channel))) return false;
  const holds = (state: number) =>
    chain.windows.subarray(state * chain.order, (state + 1) * chain.order).includes(channel);
  const seen = new Uint8Array(chain.states);
  const open: number[] = [];
  const visit = (state: number) => {
    if (seen[state] === 1 || holds(state)) return;
    seen[state] = 1;
    open.push(state);
  };
  for (let state = 0; state < chain.states; state++)
    if ((chain.conversions[state] as number) > 0) visit(state);
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if ((chain.entered[state] as number) > 0) return false;
    for (let at = chain.offsets[state] as number; at < (chain.offsets[state + 1] as number); at++)
      visit(chain.sources[at] as number);
  }
  return true;
}
