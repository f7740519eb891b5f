/** The log is away and the outbox holds as much as it may: nothing was taken (503, try again later). */
export class OutboxFull extends Error {
  override readonly name = 'OutboxFull';
  readonly retriable = true;
  constructor(readonly cap: number) {
    super(`The log is away and the outbox holds its ${cap} records. Nothing was taken; send it again later.`);
  }
}

/** More waits to be sent than is held at once: nothing of this was taken (503, try again later). */
export class DoorFull extends Error {
  override readonly name = 'DoorFull';
  readonly retriable = true;
  constructor() {
    super('More facts wait than are held at once. Nothing of this was taken; send it again later.');
  }
}
