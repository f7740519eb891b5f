import type { JourneyEvent } from '@throughline/contracts';

/**
 * A projection is a set of tables and how events fill them; everything here is pure: no clock, no
 * randomness, no I/O, no order but that of one key. The runner does the writing.
 */
export interface Projection {
  readonly name: string;
  /** a new version is built beside the old in a schema of its own: `<name>_v<version>` */
  readonly version: number;
  readonly topics: readonly string[];
  readonly tables: readonly Table[];
  /** SQL run once when the version's schema is made, after its tables: indexes and inner views. `search_path` is the schema. */
  readonly extras?: readonly string[];
  /**
   * Keeps who is who beside the tables, derived from the identity events of the topics (see @throughline/identity):
   * - `visitor_person (visitor, since, until, person)`: half-open intervals without gaps; a touch at `at` is of the person
   *   where `coalesce(at, 'infinity') >= since and (until is null or coalesce(at, 'infinity') < until)`
   * - `person_alias (person, canonical)`: persons that are the same as another; who is not listed is canonical
   * - `membership (kind 'person' | 'account', member, account, since, until, ended)`: since inclusive, until exclusive,
   *   '-infinity' where the start is undated, until null while it lasts (or, with `ended`, when the end is undated)
   */
  readonly identity?: true;
}

export type Table = FactTable | StateTable;

export type Scalar = string | number | bigint | boolean | null;
/**
 * jsonb columns take any JSON value, everything else a scalar. Before a row is folded on or stored the runner brings
 * it to one form, so that a row just folded and a row read back are the same to `evolve`: bigint and numeric as text,
 * smaller integers as numbers, timestamptz as RFC 3339 UTC with milliseconds, date as text, jsonb with sorted keys,
 * a missing column as null; rows are frozen. A column that the table does not have is an error.
 */
export type Row = Readonly<Record<string, unknown>>;

interface TableShape {
  readonly name: string;
  /** column name to SQL type, in order, e.g. { event_id: 'uuid not null', amount: 'bigint' } */
  readonly columns: Readonly<Record<string, string>>;
  /** columns left out of the content digest because they differ between logs: offsets, recordedAt, trace */
  readonly provenance?: readonly string[];
}

/** Insert-only rows, keyed by the event's id: what an event says, once. */
export interface FactTable extends TableShape {
  readonly kind: 'fact';
  /** primary key columns; `event_id` is one of them */
  readonly primaryKey: readonly string[];
  rows(event: JourneyEvent): readonly Row[];
}

/**
 * One row per key, folded from the events of that key.
 * Rows of a stream fold in version order; where there is no stream `evolve` must compare rank itself
 * (see `supersedes`), so that the set of events alone decides, never their order.
 */
export interface StateTable<R extends Row = Row> extends TableShape {
  readonly kind: 'state';
  /** the one primary key column (text) */
  readonly primaryKey: string;
  /** the row that this event changes, or null when it changes none; depends on nothing but the event's log key */
  keyOf(event: JourneyEvent): string | null;
  evolve(row: R | null, event: JourneyEvent): R;
}
