import type { Decider } from '@throughline/decider';
import type { SetRate } from './rate.commands.ts';
import type { RateEvent } from './rate.events.ts';

/** The rates of one pair that stand, by day. */
export type RatesByDay = ReadonlyMap<string, string>;

/**
 * The rates of one pair. Each counts from its day on, until a later day has one; of a day that is set again the last
 * stands. What stands already is not said again.
 */
export const rateDecider: Decider<SetRate, RateEvent, RatesByDay> = {
  initial: new Map(),
  decide: ({ data }, rates) => (rates.get(data.day) === data.rate ? [] : [{ type: 'RateSet', data }]),
  evolve: (rates, event) =>
    event.type === 'RateSet' ? new Map(rates).set(event.data.day, event.data.rate) : rates,
};
