import { loadSql, type Queryable } from '@throughline/postgres';

/** Items by what was answered; received is the sum of the others (I6). */
export interface Counts {
  readonly received: number;
  readonly accepted: number;
  readonly quarantined: number;
  readonly refused: number;
}

export interface Accounting extends Counts {
  /** of the quarantined: what became of them since */
  readonly quarantine: { readonly waiting: number; readonly replayed: number; readonly discarded: number };
}

const sql = {
  count: loadSql(import.meta.url, './count.sql'),
  read: loadSql(import.meta.url, './read-count.sql'),
};
const NOTHING: Counts = { received: 0, accepted: 0, quarantined: 0, refused: 0 };

/**
 * Counts what the door answers.
 * - `add` resolves when the count is stored; all that is added while one statement runs goes with the next, so the
 *   one row is no bottleneck.
 * - While the database is away nothing waits for it: counts are kept and stored with the first that succeeds.
 */
export class DoorCount {
  #waiting = NOTHING;
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #isAway = false;

  constructor(private readonly database: Queryable) {}

  async add(counts: Partial<Counts>): Promise<void> {
    this.#waiting = sum(this.#waiting, { ...NOTHING, ...counts });
    this.#next ??= this.#last.then(() => this.#store());
    if (!this.#isAway) await this.#next;
  }

  /** Stores what is not stored yet. */
  async flush(): Promise<void> {
    await this.#next;
    await this.#last;
    if (this.#waiting.received > 0) await this.#store();
  }

  async read(): Promise<Accounting> {
    await this.flush();
    const { rows } = await this.database.query<Record<string, string>>(sql.read);
    const figure = (name: string) => Number(rows[0]?.[name] ?? 0);
    return {
      received: figure('received'),
      accepted: figure('accepted'),
      quarantined: figure('quarantined'),
      refused: figure('refused'),
      quarantine: {
        waiting: figure('waiting'),
        replayed: figure('replayed'),
        discarded: figure('discarded'),
      },
    };
  }

  async #store(): Promise<void> {
    const counts = this.#waiting;
    this.#waiting = NOTHING;
    this.#last = this.#next ?? this.#last;
    this.#next = undefined;
    const { received, accepted, quarantined, refused } = counts;
    try {
      await this.database.query(sql.count, [received, accepted, quarantined, refused]);
      this.#isAway = false;
    } catch {
      this.#isAway = true;
      this.#waiting = sum(this.#waiting, counts);
    }
  }
}

function sum(a: Counts, b: Counts): Counts {
  return {
    received: a.received + b.received,
    accepted: a.accepted + b.accepted,
    quarantined: a.quarantined + b.quarantined,
    refused: a.refused + b.refused,
  };
}
