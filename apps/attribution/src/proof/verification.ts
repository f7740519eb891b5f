import type { Verification as EvidenceVerified } from '@throughline/projection';
import type { AttributionWorkers } from '../attribution-workers.ts';
import { refusal } from '../attribution.error.ts';
import { differingRates } from '../rate/mend-rates.ts';
import { MOST_NAMED, verifyCredit, type CreditVerified } from './verify-credit.ts';

/** How long the credit of what came just now is waited for. */
const PATIENCE_MS = 30_000;
const LOOK_MS = 100;

export interface VerificationState {
  readonly state: 'never-run' | 'running' | 'done' | 'failed';
  /** of the last run that ended */
  readonly result: {
    readonly equal: boolean;
    /** whether that is every record of the log */
    readonly complete: boolean;
    /** the tables of the evidence against the log, read from its beginning */
    readonly evidence: Pick<EvidenceVerified, 'equal' | 'complete' | 'coverage' | 'eventsRead'> & {
      readonly tables: readonly { readonly table: string; readonly equal: boolean }[];
    };
    /** credit in force against credit computed from the evidence */
    readonly credit: CreditVerified;
    /** the exchange rates that reports convert by against the events that said them; `differing`: a hundred at most */
    readonly rates: { readonly equal: boolean; readonly differing: readonly string[] };
  } | null;
  readonly error: string | null;
}

/**
 * Proves credit against the log, one run at a time: the evidence against the log, the credit against the evidence, exchange
 * rates against what was said of them.
 */
export class Verification {
  #state: VerificationState = { state: 'never-run', result: null, error: null };
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly workers: AttributionWorkers) {}

  get state(): VerificationState {
    return this.#state;
  }

  /** Starts a run and returns at once. @throws ProblemError when one runs */
  start(): VerificationState {
    if (this.#state.state === 'running') {
      throw refusal('verify-running', 'Credit is being verified.', {
        remedy: 'GET /v1/credit/verify tells when it is done.',
      });
    }
    this.#state = { state: 'running', result: null, error: null };
    this.#running = this.#run();
    return this.#state;
  }

  /** Resolves when nothing runs any more. */
  idle(): Promise<void> {
    return this.#running;
  }

  async #run(): Promise<void> {
    try {
      const { equal, complete, coverage, eventsRead, tables } = await this.workers.evidence.verify({
        owned: this.workers.owned('evidence'),
      });
      const credit = await verifyCredit(this.workers.database, () => caughtUp(this.workers, PATIENCE_MS));
      const wrong = await differingRates(this.workers.database);
      const rates = {
        equal: wrong.length === 0,
        differing: wrong.slice(0, MOST_NAMED).map(({ from, to, day }) => `${from}/${to} ${day}`),
      };
      const evidence = {
        ...{ equal, complete, coverage, eventsRead },
        tables: tables.map(({ table, equal: is }) => ({ table, equal: is })),
      };
      this.#state = {
        state: 'done',
        result: { equal: equal && credit.equal && rates.equal, complete, evidence, credit, rates },
        error: null,
      };
    } catch (error) {
      this.#state = {
        ...{ state: 'failed', result: null },
        error: error instanceof Error ? error.message : String(error),
      };
    }
  }
}

/** Waits until what came is credited, `ms` at most by the clock (in milliseconds), however long each look takes. */
export async function caughtUp(
  { reactor, due, recomputing }: Crediting,
  ms: number,
  clock = () => performance.now(),
): Promise<void> {
  for (const end = clock() + ms; clock() < end;) {
    const lag = await reactor.lag();
    const left = (await due.count()) + (await recomputing.open());
    if (left === 0 && lag.every(({ events }) => events === 0n)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

interface Crediting {
  readonly reactor: { lag(): Promise<readonly { readonly events: bigint }[]> };
  readonly due: { count(): Promise<number> };
  readonly recomputing: { open(): Promise<number> };
}
