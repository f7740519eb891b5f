import { DomainError } from '@throughline/decider';

/** Every reason for which a command to a model can be refused. */
export type ModelRefusal =
  | 'in-force-from-missing'
  | 'in-force-from-past'
  | 'in-force-before-another'
  | 'model-id-unfit'
  | 'settings-unfit';

/** Refuses an instant from when on a version counts; `remedy` says which may stand there. */
export function refuseFrom(
  code: Extract<ModelRefusal, `in-force-${string}`>,
  wrong: string,
  remedy: string,
): never {
  throw new UnfitSettings(code, '/data/inForceFrom', wrong, remedy);
}

/** What a model or its rule cannot be set to; it names the field and what may stand there. */
export class UnfitSettings extends DomainError {
  constructor(
    code: ModelRefusal,
    readonly field: string,
    wrong: string,
    readonly remedy: string,
  ) {
    super(code, wrong);
  }
}
