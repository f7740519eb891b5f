import { refuse } from './lead.error.ts';
import type { LeadCommandData } from './lead.commands.ts';

const HOUR = 3_600_000;

/** How long sales may take, in plain hours from the time of the offer. */
export const defaultRule = { id: 'default', version: 1, answerHours: 24, firstTouchHours: 48 } as const;

/** The time of a command as its sender gave it. */
export interface CommandTime {
  readonly occurredAt: string | null;
  readonly precision: 'instant' | 'day' | 'month' | 'unknown';
  readonly inferred: readonly string[];
}

/**
 * Starts the clock of an offer: the sender's due dates, else those of the default rule.
 * An offer whose time is unknown or was concluded by an importer starts no clock, and the default rule
 * counts hours only from an hour that is known: not from a day or a month.
 * @throws DomainError hand-off-undated when due dates come with such a time
 */
export function startClock(
  offer: LeadCommandData<'OfferLead'>,
  { occurredAt, precision, inferred }: CommandTime,
): LeadCommandData<'OfferLead'> {
  const given = offer.answerDue !== null || offer.firstTouchDue !== null;
  if (occurredAt === null || inferred.includes('time')) {
    if (!given) return { ...offer, ruleVersion: null };
    refuse(
      'hand-off-undated',
      'Due dates need the time of the offer. Send that time, or leave the due dates out.',
    );
  }
  if (given) return offer;
  if (precision !== 'instant') return { ...offer, ruleVersion: null };
  return {
    ...offer,
    answerDue: hoursAfter(occurredAt, defaultRule.answerHours),
    firstTouchDue: hoursAfter(occurredAt, defaultRule.firstTouchHours),
    ruleVersion: { id: defaultRule.id, version: defaultRule.version },
  };
}

function hoursAfter(instant: string, hours: number): string {
  return new Date(Date.parse(instant) + hours * HOUR).toISOString();
}
