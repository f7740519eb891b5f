import type { Expected } from './expected.ts';

/**
 * The stream is not at the expected version. With If-Match it is the caller's (412), else the store tries again.
 * Retriable: a reactor whose stream moved judges its batch anew by what the stream says then; parked, an event that
 * is whole would wait for an operator.
 */
export class WrongVersion extends Error {
  override readonly name = 'WrongVersion';
  readonly retriable = true;
  constructor(
    readonly stream: string,
    readonly expected: Expected,
    readonly actual: number,
  ) {
    super(
      `Stream ${stream} is at version ${actual}, expected was ${expected}. Read it again and judge by what it says now.`,
    );
  }
}

/** A command id that is already taken by another payload (409). */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict';
  constructor(readonly commandId: string) {
    super(
      `Idempotency-Key ${commandId} was used with another payload. Repeat that one unchanged, or use a new key.`,
    );
  }
}

/** Other writers were faster every time; nothing was stored (503, try again). */
export class StreamBusy extends Error {
  override readonly name = 'StreamBusy';
  readonly retriable = true;
  constructor(
    readonly stream: string,
    cause?: unknown,
  ) {
    super(`Stream ${stream} changed during every try. Nothing was stored; send the command again.`, {
      cause,
    });
  }
}

/** More is asked for at once than the store has room to hold; nothing was done (503, try again later). */
export class StoreOverloaded extends Error {
  override readonly name = 'StoreOverloaded';
  readonly retriable = true;
  constructor(readonly most: number) {
    super(`The store has ${most} commands in hand. Nothing was done; send the command again later.`);
  }
}

/**
 * The store and its log do not say the same, so that what it would take now could never take effect (503).
 * Retriable: it is taken once the store was put right.
 */
export class StoreBehindLog extends Error {
  override readonly name = 'StoreBehindLog';
  readonly retriable = true;
  readonly code: string;
  readonly remedy: string;
  constructor({ code, reason, remedy }: { code: string; reason: string; remedy: string }) {
    super(reason);
    this.code = code;
    this.remedy = remedy;
  }
}
