import { DomainError } from '@throughline/decider';

/** Every reason for which a command to a lead can be refused. */
export const leadRefusals = [
  'lead-unknown',
  'lead-already-captured',
  'lead-already-qualified',
  'lead-ended',
  'lead-not-offerable',
  'lead-not-handed-over',
  'lead-not-set-aside',
  'lead-nurturing',
  'lead-converted-otherwise',
  'offer-open',
  'hand-off-unknown',
  'hand-off-used',
  'hand-off-answered',
  'hand-off-has-no-clock',
  'hand-off-not-due',
  'hand-off-undated',
] as const;

export type LeadRefusal = (typeof leadRefusals)[number];

/** Refuses a command; the message says what to do instead. */
export function refuse(code: LeadRefusal, instead: string): never {
  throw new DomainError(code, instead);
}
