import { extentOf, type Batch } from '@throughline/log';
import { loadSql, type Queryable, type Transaction } from '@throughline/postgres';
import { claimOf, loggedIn, type Claim } from './claim.ts';

const compareStatement = loadSql(import.meta.url, './sql/compare.sql');
const moveHeadsStatement = loadSql(import.meta.url, './sql/move-heads.sql');
const movePositionStatement = loadSql(import.meta.url, './sql/move-position.sql');

/** Those of the claims that the store has not, with the event that it has there; null: none. */
export async function strangersAmong(
  queryable: Queryable,
  claims: readonly Claim[],
): Promise<ReadonlyMap<Claim, string | null>> {
  if (claims.length === 0) return new Map();
  const { rows } = await queryable.query<{ n: number; stored: string | null }>(compareStatement, [
    claims.map(({ stream }) => stream),
    claims.map(({ version }) => version),
    claims.map(({ id }) => id),
  ]);
  return new Map(rows.flatMap(({ n, stored }) => (claims[n - 1] ? [[claims[n - 1] as Claim, stored]] : [])));
}

/**
 * Compares a batch of the service's own topic with the store and notes what the log has, in the caller's transaction.
 * @returns whether the store lacks any of it, or has another event there
 */
export async function compareBatch(tx: Transaction, batch: Batch): Promise<boolean> {
  const claims = batch.records.flatMap((record) => claimOf(record) ?? []);
  const strangers = await strangersAmong(tx, claims);
  const heads = new Map<string, number>();
  const logged = strangers.size > 0 ? await headsOf(tx, strangers.keys()) : new Map<string, number>();
  let found = false;
  for (const claim of claims) {
    const stored = strangers.get(claim);
    if (stored !== undefined && loggedIn(claim) === null) continue;
    const head = heads.get(claim.stream) ?? logged.get(claim.stream) ?? 0;
    // What comes after the first of its version is nobody's event: readers list it as a conflict.
    if (stored !== undefined && claim.version > head) {
      found = true;
      if (stored !== null) await noteDifference(tx, claim);
    }
    heads.set(claim.stream, Math.max(head, claim.version));
  }
  if (heads.size > 0) await tx.query(moveHeadsStatement, [[...heads.keys()], [...heads.values()]]);
  const end = extentOf(batch)?.end;
  if (end !== undefined) {
    const fingerprint = batch.records.at(-1)?.offset === end.next - 1n ? end.fingerprint : null;
    await tx.query(movePositionStatement, [batch.topic, batch.partition, end.next.toString(), fingerprint]);
  }
  return found;
}

async function headsOf(tx: Transaction, claims: Iterable<Claim>): Promise<Map<string, number>> {
  const { rows } = await tx.query<{ stream: string; version: string }>(
    'select stream, version from logged_head where stream = any ($1)',
    [[...new Set([...claims].map(({ stream }) => stream))]],
  );
  return new Map(rows.map(({ stream, version }) => [stream, Number(version)]));
}

async function noteDifference(tx: Transaction, { stream, version, id, record }: Claim): Promise<void> {
  await tx.query(
    `insert into logged_difference (stream, version, event_id, topic, partition, "offset")
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [stream, version, id, record.topic, record.partition, record.offset.toString()],
  );
}
