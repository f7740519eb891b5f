/** The start was stopped before it was complete: what had been started is being stopped. */
export class StartStopped extends Error {
  override readonly name = 'StartStopped';
}

/**
 * A start that may be stopped at any moment.
 * - A part that is being started when the stop comes is waited for and stopped too; nothing is started after it.
 * - Parts are stopped in the reverse order of their start, each once, one that fails keeping none of the others running.
 */
export class StartUp {
  readonly #parts: (() => Promise<unknown>)[] = [];
  readonly #asked = Promise.withResolvers<never>();
  #starting: Promise<unknown> = Promise.resolve();
  #stopping: Promise<boolean> | undefined;

  constructor() {
    this.#asked.promise.catch(() => undefined); // it may come while nobody waits
  }

  /**
   * Starts a part, and keeps how it is stopped.
   * @throws StartStopped where a stop was asked for before or meanwhile
   */
  async part<T>(start: () => Promise<T>, stop: (part: T) => Promise<unknown>): Promise<T> {
    this.#continue();
    const begun = start();
    this.#starting = begun.then(
      (part) => void this.#parts.push(() => stop(part)),
      () => undefined,
    );
    const part = await begun;
    await this.#starting;
    this.#continue();
    return part;
  }

  /** Waits for something that nothing has to be stopped for. @throws StartStopped as soon as a stop is asked for */
  until<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#asked.promise]);
  }

  /** @returns whether every part stopped without an error */
  stop(): Promise<boolean> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<boolean> {
    this.#asked.reject(new StartStopped('The start was stopped.'));
    await this.#starting;
    let isGood = true;
    for (const stop of this.#parts.splice(0).reverse()) {
      await stop().catch((error: unknown) => {
        isGood = false;
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      });
    }
    return isGood;
  }

  #continue(): void {
    if (this.#stopping !== undefined) throw new StartStopped('The start was stopped.');
  }
}
