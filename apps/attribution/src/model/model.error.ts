import { DomainError } from '@throughline/decider';

/** Every reason for which a command to a model can be refused. */
export type ModelRefusal =
  | 'in-force-from-missing'
  | 'in-force-from-past'
  | 'in-force-before-another'
  | 'model-id-unfit'
  | 'settings-unfit';

/** Refuses a command; the message says what to do instead. */
export function refuse(code: ModelRefusal, instead: string): never {
  throw new DomainError(code, instead);
}

/** What a rule cannot be set to; it names the field and what may stand there. */
export class UnfitSettings extends DomainError {
  constructor(
    code: Extract<ModelRefusal, 'model-id-unfit' | 'settings-unfit'>,
    readonly field: string,
    wrong: string,
    readonly remedy: string,
  ) {
    super(code, wrong);
  }
}
