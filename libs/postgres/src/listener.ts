import { setTimeout as pause } from 'node:timers/promises';
import { escapeIdentifier } from 'pg';
import type { ConnectionOptions } from './connection.ts';
import { Session } from './session.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Hears one channel on a connection of its own and comes back by itself when that is lost.
 * Notifications are hints, not a queue: those sent while the connection was down are gone, so `heard('')` is called
 * once after every reconnection and the hearer looks for itself.
 */
export class Listener {
  readonly #options: ConnectionOptions;
  readonly #channel: string;
  readonly #heard: (payload: string) => void;
  readonly #stop = new AbortController();
  #session: Session | undefined;
  #watch: Promise<void> = Promise.resolve();

  constructor(options: ConnectionOptions, channel: string, heard: (payload: string) => void) {
    this.#options = options;
    this.#channel = channel;
    this.#heard = heard;
  }

  /** @throws when the first connection fails; later ones are tried until `stop`. */
  async start(): Promise<void> {
    this.#watch = this.#comeBack(await this.#connect());
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#session?.close();
    await this.#watch;
  }

  async #connect(): Promise<Session> {
    const session = await Session.open(this.#options);
    this.#session = session;
    session.client.on('notification', ({ payload }) => this.#heard(payload ?? ''));
    await session.query(`LISTEN ${escapeIdentifier(this.#channel)}`);
    return session;
  }

  async #comeBack(first: Session): Promise<void> {
    let session: Session | undefined = first;
    let wait = FIRST_PAUSE_MS;
    while (!this.#stop.signal.aborted) {
      await session?.closed;
      session = undefined;
      if (!(await this.#waited(wait))) return;
      try {
        session = await this.#connect();
        if (this.#stop.signal.aborted) return await session.close();
        this.#heard('');
        wait = FIRST_PAUSE_MS;
      } catch {
        await this.#session?.close();
        wait = Math.min(wait * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /** Whether the pause passed without a stop. */
  async #waited(ms: number): Promise<boolean> {
    return pause(ms, true, { signal: this.#stop.signal }).catch(() => false);
  }
}
