import { DomainError } from '@throughline/decider';

/** Every reason for which a command to a model can be refused. */
export type ModelRefusal = 'in-force-from-missing' | 'in-force-from-past' | 'in-force-before-another';

/** Refuses a command; the message says what to do instead. */
export function refuse(code: ModelRefusal, instead: string): never {
  throw new DomainError(code, instead);
}
