import { DomainError } from '@throughline/decider';

/** Every reason for which a command to an opportunity can be refused. */
export const opportunityRefusals = [
  'opportunity-unknown',
  'opportunity-already-open',
  'opportunity-closed',
  'opportunity-not-closed',
  'contact-absent',
] as const;

export type OpportunityRefusal = (typeof opportunityRefusals)[number];

/** Refuses a command; the message says what to do instead. */
export function refuse(code: OpportunityRefusal, instead: string): never {
  throw new DomainError(code, instead);
}
