import type { LogCheck, Restored, RestoreOptions, RestoreProgress } from '@throughline/event-store';
import { ProblemError } from './problem.ts';

export interface RestoreState {
  readonly state: 'never-run' | 'running' | 'done' | 'failed';
  readonly progress: RestoreProgress | null;
  /** of the last run that ended well */
  readonly result: Restored | null;
  readonly error: string | null;
}

/** Taking events back from the log into a store, one run at a time; its progress can be asked for meanwhile. */
export class Restoring {
  #state: RestoreState = { state: 'never-run', progress: null, result: null, error: null };

  constructor(private readonly check: LogCheck) {}

  get state(): RestoreState {
    return this.#state;
  }

  /** Starts it and returns at once. @throws ProblemError when it runs */
  start(options: RestoreOptions): RestoreState {
    if (this.#state.state === 'running') {
      const path = `/v1/stores/${this.check.service}/restore`;
      throw new ProblemError({
        ...{ status: 409, code: 'restore-running', detail: 'A restore of this store is running.' },
        remedy: `GET ${path} tells its progress.`,
      });
    }
    this.#state = { state: 'running', progress: null, result: null, error: null };
    const onProgress = (progress: RestoreProgress) => void (this.#state = { ...this.#state, progress });
    this.check.restore({ ...options, onProgress }).then(
      (result) => (this.#state = { ...this.#state, state: 'done', result }),
      (cause: unknown) => {
        const error = cause instanceof Error ? cause.message : String(cause);
        this.#state = { ...this.#state, state: 'failed', error };
      },
    );
    return this.#state;
  }
}
