/** Why an event, a batch or a record was not taken: the closed list. */
export type ContractErrorCode =
  | 'bad-json'
  | 'bad-string'
  | 'duplicate-key'
  | 'forbidden-key'
  | 'number-out-of-range'
  | 'too-deep'
  | 'too-large'
  | 'too-many'
  | 'batch-too-large'
  | 'empty-body'
  | 'unsupported-media-type'
  | 'wrong-spec-version'
  | 'missing-attribute'
  | 'bad-attribute'
  | 'unknown-type'
  | 'future-version'
  | 'decision-type'
  | 'bad-time'
  | 'time-ahead'
  | 'bad-precision'
  | 'invalid-data'
  | 'bad-record'
  | 'wrong-topic';

const LONGEST_FIELD = 300;

/** What is wrong, where, and what to do about it. The message never repeats a value that was sent. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  /** JSON pointer (`/data/cost/currency`) or CloudEvents attribute (`time`); null = the whole body */
  readonly field: string | null;

  /**
   * @param field made of what was sent, so it is cut to a size and to characters that can be stored
   * @param remedy a sentence that says what to do
   */
  constructor(
    readonly code: ContractErrorCode,
    field: string | null,
    message: string,
    readonly remedy: string,
  ) {
    super(message);
    this.field = field?.slice(0, LONGEST_FIELD).toWellFormed().replaceAll('\0', '\uFFFD') ?? null;
  }
}
