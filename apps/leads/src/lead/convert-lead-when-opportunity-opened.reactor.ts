import { isEvent, type JourneyEvent } from '@throughline/contracts';
import type { CommandItem, EventStore, Outcome } from '@throughline/event-store';
import type { React, Refusal } from '@throughline/projection';
import { decideInTime } from './command-time.ts';
import type { SentLeadCommand } from './lead.commands.ts';
import { leadPublication as publication } from './lead.publication.ts';

/** The reactor's name, for ever: its positions and the ids of its commands are kept under it. */
export const CONVERT_LEAD = 'convert_lead_when_opportunity_opened';

/**
 * Converts the leads that an opportunity was opened from.
 * The commands' ids are made of the event's id and the lead, so an event that comes again changes nothing; they say
 * the event's own source and time, and carry its trace on.
 */
export function convertLeadWhenOpportunityOpened(store: EventStore, now: () => Date): React {
  return async (tx, events) => {
    const recordedAt = now().toISOString();
    const asked = events.flatMap((event) =>
      conversions(event, recordedAt).map((command) => ({ event, command })),
    );
    const commands = asked.map(({ command }) => command);
    const decider = decideInTime(commands);
    const outcomes = await store.handleMany({ decider, publication, commands, tx });
    return asked.flatMap(({ event }, index) => refusal(event, outcomes[index]));
  };
}

/** One command a lead, however often the event names it. */
export function conversions(event: JourneyEvent, recordedAt: string): CommandItem<SentLeadCommand>[] {
  if (!isEvent(event, 'opportunity.opened')) return [];
  const { source, occurredAt, precision, traceparent, tracestate, data } = event;
  const inferred = [
    ...(event.inferred.includes('time') ? ['time'] : []),
    ...(event.inferred.includes('leads') ? ['opportunity'] : []),
  ];
  return [...new Set(data.leads ?? [])].map((lead) => ({
    stream: lead,
    command: { type: 'ConvertLead', data: { opportunity: data.opportunity, by: null } },
    meta: {
      commandId: `${CONVERT_LEAD}:${event.id}:${lead}`,
      source,
      occurredAt,
      precision,
      inferred,
      traceparent,
      tracestate,
      recordedAt,
    },
  }));
}

/** A rule's no is an answer and is recorded; anything else is thrown, to be tried again or looked into. */
function refusal(event: JourneyEvent, outcome: Outcome | undefined): Refusal[] {
  if (outcome?.status === 'accepted') return [];
  if (outcome?.status !== 'refused') throw outcome?.error;
  const { code, message } = outcome.error;
  return [{ eventId: event.id, code, message }];
}
