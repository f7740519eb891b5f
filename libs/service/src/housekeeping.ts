const HOUR_MS = 3_600_000;

/**
 * What is to be done now and then, such as forgetting old rows: at the start, then every hour.
 * A run that fails is told by `lastError` and made good by the next one; two never overlap.
 */
export class Housekeeping {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #lastError: string | null = null;

  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly everyMs = HOUR_MS,
  ) {}

  /** Why the last run failed, null when it went well or none has ended. */
  get lastError(): string | null {
    return this.#lastError;
  }

  start(): void {
    this.#timer ??= setInterval(() => void this.runOnce(), this.everyMs);
    void this.runOnce();
  }

  /** Runs it now, or joins the run in hand. It never throws; see `lastError`. */
  runOnce(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Ends the run in hand. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.work();
      this.#lastError = null;
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error);
    }
  }
}
