/** The log is away and the outbox holds as much as it may: nothing was taken (503, try again later). */
export class OutboxFull extends Error {
  override readonly name = 'OutboxFull';
  readonly retriable = true;
  readonly retryAfterSeconds = 5;
  constructor(readonly cap: number) {
    super(`The log is away and the outbox holds its ${cap} records. Nothing was taken; send it again later.`);
  }
}
