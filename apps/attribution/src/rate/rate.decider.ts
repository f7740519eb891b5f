import type { Decider } from '@throughline/decider';
import type { RateCommand } from './rate.commands.ts';
import type { RateEvent } from './rate.events.ts';

/**
 * What was said last of the rates of one pair, and what before it; a rate of null was taken back. A link a saying, since a
 * pair has one for every day of many years, all of which are folded for each that comes.
 */
export interface RatesSaid {
  readonly day: string;
  readonly rate: string | null;
  readonly before: RatesSaid | null;
}

/**
 * The rates of one pair. Each counts from its day on, until a later day has one; of a day that is set again the last
 * stands, and of one that was taken back none. What stands already is not said again, nor is what is not there taken back.
 */
export const rateDecider: Decider<RateCommand, RateEvent, RatesSaid | null> = {
  initial: null,
  decide(command, said) {
    const standing = rateOf(command.data.day, said);
    switch (command.type) {
      case 'SetRate':
        return standing === command.data.rate ? [] : [{ type: 'RateSet', data: command.data }];
      case 'WithdrawRate':
        return standing === null ? [] : [{ type: 'RateWithdrawn', data: command.data }];
      default:
        return command satisfies never;
    }
  },
  evolve(before, event) {
    switch (event.type) {
      case 'RateSet':
        return { day: event.data.day, rate: event.data.rate, before };
      case 'RateWithdrawn':
        return { day: event.data.day, rate: null, before };
      case 'SaidOfDeal':
        return before;
      default:
        return event satisfies never;
    }
  },
};

function rateOf(day: string, said: RatesSaid | null): string | null {
  for (let at = said; at !== null; at = at.before) if (at.day === day) return at.rate;
  return null;
}
