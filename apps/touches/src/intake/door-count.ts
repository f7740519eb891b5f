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
 * - A write is numbered, and one whose answer did not come is said again as it was: it counts once, stored or not.
 */
export class DoorCount {
  #waiting = NOTHING;
  /** said to the database, and not known to be stored */
  #unsure: { readonly number: number; readonly counts: Counts } | null = null;
  #number = 0;
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #isAway = false;

  /** @param writer names this count among those of other processes: a UUID, new at each start */
  constructor(
    private readonly database: Queryable,
    private readonly writer: string,
  ) {}

  async add(counts: Partial<Counts>): Promise<void> {
    this.#waiting = sum(this.#waiting, { ...NOTHING, ...counts });
    const stored = this.#storeNext();
    if (!this.#isAway) await stored;
  }

  /** Stores what is not stored yet. */
  async flush(): Promise<void> {
    await this.#next;
    await this.#last;
    if (this.#unsure !== null || this.#waiting.received > 0) await this.#storeNext();
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

  /** One write at a time, each with all that came before it. */
  #storeNext(): Promise<void> {
    this.#next ??= this.#last.then(() => this.#store());
    return this.#next;
  }

  async #store(): Promise<void> {
    const counts = this.#waiting;
    this.#waiting = NOTHING;
    this.#last = this.#next ?? this.#last;
    this.#next = undefined;
    try {
      if (this.#unsure !== null) await this.#say(this.#unsure);
      if (counts.received > 0) {
        this.#number += 1;
        this.#unsure = { number: this.#number, counts };
        await this.#say(this.#unsure);
      }
      this.#isAway = false;
    } catch {
      this.#isAway = true;
      if (this.#unsure?.counts !== counts) this.#waiting = sum(this.#waiting, counts);
    }
  }

  async #say({ number, counts }: { readonly number: number; readonly counts: Counts }): Promise<void> {
    const { received, accepted, quarantined, refused } = counts;
    await this.database.query(sql.count, [received, accepted, quarantined, refused, this.writer, number]);
    this.#unsure = null;
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
