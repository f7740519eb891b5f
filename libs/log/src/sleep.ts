import { setTimeout as pause } from 'node:timers/promises';

/** Waits so many milliseconds, or until the signal aborts; never throws. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}

/** Doubles from 100 ms to 5 s with the number of failures in a row. */
export function backOff(failures: number): number {
  return Math.min(5_000, 100 * 2 ** Math.min(failures, 10));
}
