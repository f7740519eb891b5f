import { setTimeout as pause } from 'node:timers/promises';
import type { Queryable } from '@throughline/postgres';
import type { StoreClock } from './log-check/store-clock.ts';

/** The channel on which the relay hears that something waits. */
export const OUTBOX_CHANNEL = 'outbox';
/** A ring is a statement: one an append would take a fifth of their rate, and the relay reads on by itself anyway. */
const BETWEEN_RINGS_MS = 20;

/**
 * Wakes the relay after a commit, from a statement of its own.
 * A NOTIFY inside the append would hold a lock of the whole server while COMMIT waits for the disk, and so put all
 * appends in one queue (5 to 6 times fewer a second). A ring that is lost costs one poll of the relay.
 */
export class Bell {
  readonly #queryable: Queryable;
  readonly #clock: StoreClock | undefined;
  #ringing = false;
  #again = false;

  /** @param clock learns where the store is, with each ring */
  constructor(queryable: Queryable, clock?: StoreClock) {
    this.#queryable = queryable;
    this.#clock = clock;
  }

  /** The first goes at once; those asked for until 20 ms after it become one more. */
  ring(): void {
    if (this.#ringing) {
      this.#again = true;
      return;
    }
    this.#ringing = true;
    void this.#notify();
  }

  async #notify(): Promise<void> {
    do {
      this.#again = false;
      await this.#queryable
        .query<{ seen: string }>(`select pg_notify('${OUTBOX_CHANNEL}', ''), store_clock() as seen`)
        .then(({ rows: [row] }) => this.#clock?.learn(Number(row?.seen ?? 0)))
        .catch(() => undefined);
      await pause(BETWEEN_RINGS_MS);
    } while (this.#again);
    this.#ringing = false;
  }
}
