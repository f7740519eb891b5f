import { setTimeout as pause } from 'node:timers/promises';

/** Something to sleep on: until it rings, time is up, or it is switched off. A ring while awake is kept. */
export class Alarm {
  readonly #off = new AbortController();
  #rung = false;
  #wake: () => void = () => undefined;

  get isOff(): boolean {
    return this.#off.signal.aborted;
  }

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  off(): void {
    this.#off.abort();
  }

  /** Until it rings, or so many milliseconds. */
  async sleep(ms: number): Promise<void> {
    const rung = new AbortController();
    this.#wake = () => rung.abort();
    if (!this.#rung) await this.#wait(ms, AbortSignal.any([this.#off.signal, rung.signal]));
    this.#rung = false;
  }

  /** So many milliseconds, whatever rings. */
  async pause(ms: number): Promise<void> {
    await this.#wait(ms, this.#off.signal);
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    await pause(ms, undefined, { signal }).catch(() => undefined);
  }
}
