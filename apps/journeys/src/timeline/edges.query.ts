import type { Assertion } from '@throughline/identity';
import type { Queryable } from '@throughline/postgres';

interface AssertionRow {
  readonly event_id: string;
  readonly relation: Assertion['relation'];
  readonly low: string;
  readonly high: string;
  readonly says: Assertion['says'];
  readonly occurred_at: string | null;
  readonly payload_hash: string;
}

/**
 * Walks what was said of edges, as of a recorded time (null: now). What was taken back is walked too: who judges it.
 * Of nobody nothing was said: the database is asked only where there is somebody to ask of.
 */
export class Edges {
  constructor(
    private readonly database: Queryable,
    private readonly asOf: string | null,
  ) {}

  /** An account and every account that was ever said to belong to it, however deep. */
  withChildren(account: string): Promise<string[]> {
    const text = `
      with recursive below (account) as (
        select $1::text
        union
        select a.low from below b join journeys_read.assertion a
          on a.relation = 'account-in-parent' and a.high = b.account and ${recorded('a', 2)})
      select account from below`;
    return column(this.database, text, [account, this.asOf]);
  }

  async membersOf(accounts: readonly string[]): Promise<string[]> {
    if (accounts.length === 0) return [];
    const text = `select distinct low from journeys_read.assertion a
                   where relation = 'person-in-account' and high = any ($1) and ${recorded('a', 2)}`;
    return column(this.database, text, [accounts, this.asOf]);
  }

  /** These persons and all that were ever said to be the same. */
  async sameAs(persons: readonly string[]): Promise<string[]> {
    if (persons.length === 0) return [];
    const text = `
      with recursive same (person) as (
        select unnest($1::text[])
        union
        select case when a.low = s.person then a.high else a.low end
          from same s join journeys_read.assertion a
            on a.relation = 'same-person' and (a.low = s.person or a.high = s.person) and ${recorded('a', 2)})
      select person from same`;
    return column(this.database, text, [persons, this.asOf]);
  }

  async visitorsOf(persons: readonly string[]): Promise<string[]> {
    if (persons.length === 0) return [];
    const text = `select distinct low from journeys_read.assertion a
                   where relation = 'visitor-is-person' and high = any ($1) and ${recorded('a', 2)}`;
    return column(this.database, text, [persons, this.asOf]);
  }

  /** All that was said of these persons and visitors, and of these accounts' parents. */
  async assertions(
    persons: readonly string[],
    visitors: readonly string[],
    accounts: readonly string[],
  ): Promise<Assertion[]> {
    if (persons.length + visitors.length + accounts.length === 0) return [];
    const text = `
      select event_id, relation, low, high, says, occurred_at, payload_hash from journeys_read.assertion a
       where (relation = 'visitor-is-person' and low = any ($2)
          or relation in ('same-person', 'person-in-account') and low = any ($1)
          or relation = 'account-in-parent' and low = any ($3)) and ${recorded('a', 4)}`;
    const { rows } = await this.database.query<AssertionRow>(text, [persons, visitors, accounts, this.asOf]);
    return rows.map(({ relation, low: from, high: to, says, ...rank }) => ({
      ...{ relation, from, to, says },
      ...{ occurredAt: rank.occurred_at, eventId: rank.event_id, payloadHash: rank.payload_hash },
    }));
  }
}

/** Condition that a row was recorded before parameter `$n`, which is null for now. */
export function recorded(row: string, n: number): string {
  return `($${n}::timestamptz is null or ${row}.recorded_at < $${n}::timestamptz)`;
}

/** The first column of every row, in order of the text. */
export async function column(
  database: Queryable,
  text: string,
  values: readonly unknown[],
): Promise<string[]> {
  const { rows } = await database.query<Record<string, string>>(text, values);
  return rows.flatMap((row) => Object.values(row)).sort();
}
