import { loadSql, type Database, type Queryable } from '@throughline/postgres';
import type { Refused } from '../intake/judge.ts';
import { QuarantineUnavailable } from './quarantine.error.ts';
import { QUARANTINE_LIMITS, type QuarantineLimits, type QuarantineUsage } from './quarantine-limits.ts';

export type QuarantineState = 'waiting' | 'replayed' | 'discarded';

/** One item in quarantine, without its bytes. */
export interface Quarantined {
  readonly id: string;
  readonly receivedAt: string;
  readonly state: QuarantineState;
  readonly code: string;
  readonly field: string | null;
  readonly reason: string;
  readonly remedy: string;
  readonly bytes: number;
  readonly replayedAt: string | null;
  /** events that came of it */
  readonly eventIds: readonly string[] | null;
  readonly discardedAt: string | null;
  readonly discardedReason: string | null;
}

export interface Kept extends Quarantined {
  /** as it was sent, byte for byte */
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const sql = {
  keep: loadSql(import.meta.url, './keep.sql'),
  list: loadSql(import.meta.url, './list.sql'),
  show: loadSql(import.meta.url, './show.sql'),
  hold: loadSql(import.meta.url, './hold.sql'),
  replayed: loadSql(import.meta.url, './mark-replayed.sql'),
  stillBad: loadSql(import.meta.url, './mark-still-bad.sql'),
  discard: loadSql(import.meta.url, './discard.sql'),
  expire: loadSql(import.meta.url, './expire.sql'),
  usage: 'select bytes from quarantine_usage',
};

/**
 * Keeps what the intake could not take, up to a limit of bytes and for a limited time. An item leaves the state `waiting`
 * once, to replayed or to discarded.
 */
export class Quarantine {
  constructor(
    private readonly database: Database,
    private readonly newId: () => string,
    private readonly limits: QuarantineLimits = QUARANTINE_LIMITS,
  ) {}

  /**
   * Keeps items, and counts the request they came in, in one transaction.
   * @returns the quarantine id of each, in order; null where there is no room for them: nothing was kept or counted
   * @throws QuarantineUnavailable: nothing was kept, as far as is known
   */
  async keep(
    items: readonly Refused[],
    receivedAt: string,
    counted: { readonly received: number; readonly accepted: number },
  ): Promise<readonly string[] | null> {
    const ids = items.map(() => this.newId());
    const values = [
      ids,
      items.map(({ raw }) => raw),
      items.map(({ headers }) => JSON.stringify(headers)),
      items.map(({ code }) => code),
      items.map(({ field }) => storable(field)),
      items.map(({ reason }) => storable(reason)),
      items.map(({ remedy }) => storable(remedy)),
      receivedAt,
      counted.received,
      counted.accepted,
      items.length,
      items.reduce((sum, { raw }) => sum + raw.length, 0),
      this.limits.maxBytes,
    ];
    try {
      const { rowCount } = await this.database.query(sql.keep, values);
      return rowCount === items.length ? ids : null;
    } catch (error) {
      throw new QuarantineUnavailable(error);
    }
  }

  async list(asked: {
    state: QuarantineState | null;
    after: string | null;
    most: number;
  }): Promise<Quarantined[]> {
    const { rows } = await this.database.query<Row>(sql.list, [asked.after, asked.state, asked.most]);
    return rows.map(itemOf);
  }

  /** Null when there is none of this id. */
  async show(id: string): Promise<Kept | null> {
    const { rows } = await this.database.query<WholeRow>(sql.show, [id]);
    return rows[0] === undefined ? null : keptOf(rows[0]);
  }

  /**
   * Holds an item that waits: until `work` has ended nobody else replays or discards it.
   * @returns null when it does not wait, or someone else holds it
   */
  hold<T>(id: string, work: (tx: Queryable, kept: Kept) => Promise<T>): Promise<T | null> {
    return this.database.transaction(async (tx) => {
      const { rows } = await tx.query<WholeRow>(sql.hold, [id]);
      return rows[0] === undefined ? null : work(tx, keptOf(rows[0]));
    });
  }

  /** @param tx the transaction that holds it */
  async markReplayed(tx: Queryable, id: string, at: string, eventIds: readonly string[]): Promise<void> {
    await tx.query(sql.replayed, [id, at, eventIds]);
  }

  /** Notes why a replay was refused, which may be another reason than the first. */
  async markStillBad(tx: Queryable, id: string, { code, field, reason, remedy }: Refused): Promise<void> {
    await tx.query(sql.stillBad, [id, code, storable(field), storable(reason), storable(remedy)]);
  }

  async usage(): Promise<QuarantineUsage> {
    const { rows } = await this.database.query<{ bytes: string }>(sql.usage);
    return { bytes: Number(rows[0]?.bytes ?? 0), maxBytes: this.limits.maxBytes };
  }

  /** Discards what has waited too long, and removes the bytes of what was settled long ago. */
  async expire(now: Date): Promise<void> {
    const { waitingDays, settledDays } = this.limits;
    const before = (days: number) => new Date(now.getTime() - days * DAY_MS).toISOString();
    const reason = `nobody replayed it within ${waitingDays} days`;
    await this.database.query(sql.expire, [
      before(waitingDays),
      before(settledDays),
      now.toISOString(),
      reason,
    ]);
  }

  /** @returns false when it does not wait any more, or a replay holds it */
  async discard(id: string, at: string, reason: string): Promise<boolean> {
    return (await this.database.query(sql.discard, [id, at, reason])).rowCount === 1;
  }
}

const DAY_MS = 86_400_000;

interface Row {
  readonly id: string;
  readonly received_at: string;
  readonly state: QuarantineState;
  readonly code: string;
  readonly field: string | null;
  readonly reason: string;
  readonly remedy: string;
  readonly bytes: number;
  readonly replayed_at: string | null;
  readonly event_ids: readonly string[] | null;
  readonly discarded_at: string | null;
  readonly discarded_reason: string | null;
}

type WholeRow = Row & Pick<Kept, 'raw' | 'headers'>;

function keptOf(row: WholeRow): Kept {
  return { ...itemOf(row), raw: row.raw, headers: row.headers };
}

function itemOf(row: Row): Quarantined {
  return {
    id: row.id,
    receivedAt: row.received_at,
    state: row.state,
    code: row.code,
    field: row.field,
    reason: row.reason,
    remedy: row.remedy,
    bytes: row.bytes,
    replayedAt: row.replayed_at,
    eventIds: row.event_ids,
    discardedAt: row.discarded_at,
    discardedReason: row.discarded_reason,
  };
}

/** A field may be named by a key that was sent, and PostgreSQL takes neither NUL nor half a surrogate pair. */
function storable<T extends string | null>(text: T): string | null {
  return text === null ? null : text.toWellFormed().replaceAll('\0', '�');
}
