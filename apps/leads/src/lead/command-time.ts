import type { Decider } from '@throughline/decider';
import type { CommandItem } from '@throughline/event-store';
import type { LeadCommand, SentLeadCommand } from './lead.commands.ts';
import { leadDecider } from './lead.decider.ts';
import type { LeadEvent } from './lead.events.ts';
import type { Lead } from './lead.state.ts';
import { type CommandTime, startClock } from './offer-clock.ts';

const unknownTime: CommandTime = { occurredAt: null, precision: 'unknown', inferred: [] };

/**
 * The decider, with each of these commands told its own time.
 * The time is added when the command is judged and not when it is read: the data as sent is what a repeat under the
 * same Idempotency-Key is compared by, and a sender who leaves the time to the door gets a later one the next time.
 */
export function decideInTime(
  items: readonly CommandItem<SentLeadCommand>[],
): Decider<SentLeadCommand, LeadEvent, Lead> {
  const times = new Map(items.map(({ command, meta }) => [command, meta]));
  return {
    ...leadDecider,
    decide: (command, lead) => leadDecider.decide(timed(command, times.get(command) ?? unknownTime), lead),
  };
}

function timed(command: SentLeadCommand, time: CommandTime): LeadCommand {
  switch (command.type) {
    case 'OfferLead':
      return { type: command.type, data: startClock(command.data, time) };
    case 'ExpireOffer':
      return { type: command.type, data: { ...command.data, at: time.occurredAt } };
    default:
      return command;
  }
}
