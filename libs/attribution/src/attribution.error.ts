/** Why a model, a journey or a path file was not taken: the closed list. */
export type AttributionErrorCode =
  | 'unknown-model'
  | 'unknown-parameter'
  | 'bad-parameter'
  | 'bad-weights'
  | 'bad-journey'
  | 'negative-amount'
  | 'missing-rate'
  | 'bad-rate'
  | 'bad-column'
  | 'bad-row';

/** What is wrong, where, and what to do about it; the message says both. */
export class AttributionError extends Error {
  override readonly name = 'AttributionError';

  /**
   * @param field the parameter, column or datum that is wrong, as its owner wrote it: `weights.middle`, `halfLifeMs`
   * @param wrong a sentence that says what is wrong
   * @param remedy a sentence that says what to do
   */
  constructor(
    readonly code: AttributionErrorCode,
    readonly field: string,
    wrong: string,
    readonly remedy: string,
  ) {
    super(`${wrong} ${remedy}`);
  }
}
