import type { Queryable } from '@throughline/postgres';
import { type Cursor, readCursor, writeCursor } from './cursor.query.ts';
import { recorded } from './edges.query.ts';
import { type Journey, type Named, type Placement, placementOf, standsIn } from './journey.state.ts';
import { type Withdrawal, withdrawals } from './withdrawal.query.ts';

/** What is asked of a timeline; null does not filter. */
export interface TimelineAsk {
  readonly source: string | null;
  readonly team: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly asOf: string | null;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface EntryRow extends Named, Cursor {
  readonly event_id: string;
  readonly source: string;
  readonly source_id: string;
  readonly occurred_precision: string;
  readonly inferred: readonly string[];
  readonly recorded_at: string;
  readonly stream: string | null;
  readonly team: string | null;
  readonly campaign: string | null;
  readonly actor: string | null;
  readonly title: string;
  readonly data: unknown;
}

export interface PlacedEntry {
  readonly row: EntryRow;
  readonly placed: Placement;
  /** of a touch that never was; it stays where it is */
  readonly withdrawn: Withdrawal | null;
}

const SMALLEST_READ = 500;

/**
 * One page of a journey, in order: by occurredAt, undated last; at one instant events of one stream by version,
 * others by event id. Reads what names anybody of the journey and keeps what stands in it.
 */
export async function timeline(
  database: Queryable,
  journey: Journey,
  ask: TimelineAsk,
): Promise<{ entries: PlacedEntry[]; next: string | null }> {
  const { entries, next } = await standing(database, journey, ask);
  const touches = entries.flatMap(({ row }) => (row.name === 'touch.recorded' ? [row.event_id] : []));
  const withdrawn = await withdrawals(database, touches, ask.asOf);
  return {
    entries: entries.map((entry) => ({ ...entry, withdrawn: withdrawn.get(entry.row.event_id) ?? null })),
    next,
  };
}

type Standing = Omit<PlacedEntry, 'withdrawn'>;

async function standing(
  database: Queryable,
  journey: Journey,
  ask: TimelineAsk,
): Promise<{ entries: Standing[]; next: string | null }> {
  const entries: Standing[] = [];
  const size = Math.max(SMALLEST_READ, ask.limit + 1);
  let cursor = ask.cursor === null ? null : readCursor(ask.cursor);
  for (;;) {
    const rows = await read(database, journey, ask, { cursor, size });
    for (const row of rows) {
      const placed = placementOf(row, journey);
      if (!standsIn(row, placed, journey)) continue;
      if (entries.length === ask.limit) return { entries, next: nextOf(entries) };
      entries.push({ row, placed });
    }
    cursor = rows.at(-1) ?? null;
    if (rows.length < size) return { entries, next: null };
  }
}

/** Whether any event names the subject, whatever the filters. */
export async function isKnown(database: Queryable, { subject }: Journey): Promise<boolean> {
  const other =
    subject.kind === 'person' || subject.kind === 'account' ? ` or other_${subject.kind} = $1` : '';
  const text = `select exists (select 1 from journeys_read.timeline_entry where ${subject.kind} = $1${other}) as known`;
  const { rows } = await database.query<{ known: boolean }>(text, [subject.id]);
  return rows[0]?.known ?? false;
}

function nextOf(entries: readonly Standing[]): string | null {
  const last = entries.at(-1);
  return last ? writeCursor(last.row) : null;
}

interface Page {
  readonly cursor: Cursor | null;
  readonly size: number;
}

/** Undated rows come last: infinity stands for them in the order, which no event can be dated. */
async function read(
  database: Queryable,
  journey: Journey,
  ask: TimelineAsk,
  page: Page,
): Promise<EntryRow[]> {
  const text = `
    select e.*, coalesce(e.stream, e.event_id::text) as tie
      from journeys_read.timeline_entry e
     where (visitor = any ($1) or person = any ($2) or other_person = any ($2) or account = any ($3)
            or other_account = any ($3) or lead = any ($4) or opportunity = any ($5))
       and ($6::text is null or source = $6) and ($7::text is null or team = $7)
       and ($8::timestamptz is null or occurred_at >= $8) and ($9::timestamptz is null or occurred_at < $9)
       and ${recorded('e', 10)}
       and ($11::timestamptz is null or
            (coalesce(e.occurred_at, 'infinity'), coalesce(e.stream, e.event_id::text) collate "C",
             coalesce(e.version, 0), e.event_id) > ($11, $12 collate "C", $13::int, $14::uuid))
     order by coalesce(e.occurred_at, 'infinity'), coalesce(e.stream, e.event_id::text) collate "C",
              coalesce(e.version, 0), e.event_id
     limit $15`;
  const { cursor, size } = page;
  const after = cursor && [
    cursor.occurred_at ?? 'infinity',
    cursor.tie,
    cursor.version ?? 0,
    cursor.event_id,
  ];
  const { rows } = await database.query<EntryRow>(text, [
    ...[[...journey.visitors], [...journey.persons], [...journey.accounts]],
    ...[[...journey.leads.keys()], [...journey.opportunities.keys()]],
    ...[ask.source, ask.team, ask.from, ask.to, ask.asOf],
    ...(after ?? [null, null, null, null]),
    size,
  ]);
  return rows;
}
