import { isInfrastructure } from '@throughline/postgres';

export interface UntilDoneOptions {
  /** how long `start` waits for the first try, 5,000 ms unless told */
  readonly firstMs?: number;
  /** between two tries, 2,000 ms unless told */
  readonly pauseMs?: number;
  /** asked about a failure after `start` that is not of the infrastructure: true ends it, else it is tried again */
  readonly giveUp?: (error: unknown) => boolean;
}

/**
 * Work at a start that needs what may be away, such as the log: tried until it is done.
 * - `start` waits for the first try, but not for what is away; what would never do is thrown, so that nothing starts.
 * - One try at a time. `waitsFor` says why it is not done yet.
 * - Once stopped, nothing is tried any more.
 */
export class UntilDone {
  #waitsFor: string | null = 'the end of the first try';
  #trying: Promise<boolean> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly options: UntilDoneOptions = {},
  ) {}

  /** Null once it is done. */
  get waitsFor(): string | null {
    return this.#waitsFor;
  }

  /** @throws what the first try threw, unless it speaks of the infrastructure */
  async start(): Promise<void> {
    const { firstMs = 5_000 } = this.options;
    const first = this.runOnce();
    const late = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => late.resolve('late'), firstMs);
    try {
      const done = await Promise.race([first, late.promise]);
      if (done === 'late') void this.#goOn(first);
      else if (!done) this.#tryLater();
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Tries once, or joins the try that runs.
   * @returns whether it is done
   * @throws what is not for a later try to mend
   */
  runOnce(): Promise<boolean> {
    if (this.#waitsFor === null) return Promise.resolve(true);
    this.#trying ??= this.#try().finally(() => {
      this.#trying = undefined;
    });
    return this.#trying;
  }

  /** Ends the try in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#trying?.catch(() => undefined);
  }

  async #try(): Promise<boolean> {
    try {
      await this.work();
      this.#waitsFor = null;
      return true;
    } catch (error) {
      this.#waitsFor = error instanceof Error ? error.message : String(error);
      if (isInfrastructure(error)) return false;
      throw error;
    }
  }

  #tryLater(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#goOn(this.runOnce()), this.options.pauseMs ?? 2_000);
  }

  async #goOn(trying: Promise<boolean>): Promise<void> {
    try {
      if (!(await trying)) this.#tryLater();
    } catch (error) {
      if (this.options.giveUp?.(error) !== true) this.#tryLater();
    }
  }
}
