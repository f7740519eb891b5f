import { loadSql, type Queryable } from '@throughline/postgres';

const hopsStatement = loadSql(import.meta.url, './hops.sql');

/** One stop on an event's way: `stored` and `waiting` as they are now, the others as the processing log noted them. */
export interface Hop {
  readonly hop: string;
  /** RFC 3339 UTC with milliseconds */
  readonly at: string;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: string | null;
}

/** Where an event has been in this service's database, oldest first; none: it was never here. */
export async function hopsOf(queryable: Queryable, eventId: string): Promise<Hop[]> {
  return (await queryable.query<Hop>(hopsStatement, [eventId])).rows;
}
