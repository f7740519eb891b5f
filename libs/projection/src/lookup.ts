import { loadSql, type Transaction } from '@throughline/postgres';
import { isRead, streamOf, type Item } from './item.ts';
import { versionKey, type Known, type Seen } from './sequence.ts';

const findKnown = loadSql(import.meta.url, './sql/find-known.sql');
const findHeads = loadSql(import.meta.url, './sql/find-heads.sql');
const moveHeadsSql = loadSql(import.meta.url, './sql/move-heads.sql');

interface SeenRow {
  readonly event_id: string;
  readonly payload_hash: string;
  readonly topic: string;
  readonly stream: string | null;
  readonly version: number | null;
}

interface KnownRow {
  readonly seen: readonly SeenRow[];
  readonly blocked: readonly { readonly key: string; readonly poison: boolean }[];
  readonly heads: readonly { readonly stream: string; readonly version: number }[];
}

/** What the database knows that bears on these items, all of one topic: one query, whose turn costs more than its rows. */
export async function lookUp(
  tx: Transaction,
  items: readonly Item[],
  discarded: ReadonlySet<string>,
): Promise<Known> {
  const topic = items[0]?.record.topic ?? '';
  const events = items.filter(isRead).map(({ read }) => read.event);
  const streams = events.flatMap(({ stream }) => (stream ? [stream] : []));
  const { rows } = await tx.query<KnownRow>(findKnown, [
    events.map(({ id }) => id),
    topic,
    streams.map(({ id }) => id),
    streams.map(({ version }) => version),
    [...new Set(items.map(({ key }) => key))],
    [...new Set(items.flatMap((item) => streamOf(item)?.id ?? []))],
  ]);
  const known = rows[0] ?? { seen: [], blocked: [], heads: [] };
  const seen = new Map<string, Seen>();
  const versions = new Map<string, Seen>();
  for (const row of known.seen) {
    const standing = { eventId: row.event_id, hash: row.payload_hash };
    seen.set(row.event_id, standing);
    if (row.topic === topic && row.stream !== null && row.version !== null) {
      versions.set(versionKey(row.stream, row.version), standing);
    }
  }
  return {
    seen,
    versions,
    heads: new Map(known.heads.map(({ stream, version }) => [stream, version])),
    blocked: new Map(known.blocked.map(({ key, poison }) => [key, poison ? 'poison' : 'gap'])),
    discarded,
  };
}

/** Last applied version by stream. */
export async function headsOf(
  tx: Transaction,
  topic: string,
  streams: Set<string>,
): Promise<Map<string, number>> {
  if (streams.size === 0) return new Map();
  const { rows } = await tx.query<{ stream: string; version: number }>(findHeads, [topic, [...streams]]);
  return new Map(rows.map(({ stream, version }) => [stream, version]));
}

export async function moveHeads(
  tx: Transaction,
  topic: string,
  heads: ReadonlyMap<string, number>,
): Promise<void> {
  await tx.query(moveHeadsSql, [topic, [...heads.keys()], [...heads.values()]]);
}
