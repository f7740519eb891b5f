import { PartitionHalted, type Batch, type Passed } from '@throughline/log';
import { loadSql, type Queryable, type Transaction } from '@throughline/postgres';
import { columnText, placeOf } from './item.ts';

const addUnreadable = loadSql(import.meta.url, './sql/add-unreadable.sql');
const addTransactionOffsets = loadSql(import.meta.url, './sql/add-transaction-offsets.sql');
const columns = 'topic, partition, first_offset, next_offset, code, reason, discarded';

/** Offsets of a partition that hold a batch which cannot be decoded; none of its records was applied. */
export interface Unreadable {
  /** `p.<topic>.<partition>.<first offset>`: names it for a discard */
  readonly place: string;
  readonly topic: string;
  readonly partition: number;
  readonly first: bigint;
  /** the offset after the last one */
  readonly next: bigint;
  readonly code: string;
  readonly reason: string;
  /** whether an operator gave it up */
  readonly discarded: boolean;
}

/**
 * Accounts for the offsets of a batch that hold no record, in the transaction that moves the position over them (I6).
 * @throws PartitionHalted at a broken batch that no operator has discarded
 */
export async function writePassed(
  tx: Transaction,
  batch: Batch,
  discards: ReadonlySet<string>,
): Promise<void> {
  const { topic, partition, passed = [] } = batch;
  const ofTransactions = passed.filter(({ kind }) => kind === 'transaction');
  if (ofTransactions.length > 0) {
    await tx.query(addTransactionOffsets, [topic, partition, lengthOf(ofTransactions).toString()]);
  }
  const others = passed.filter(({ kind }) => kind !== 'transaction');
  if (others.length === 0) return;
  const rows = others.map(({ kind, first, next, code, reason }) => {
    const discarded = discards.has(placeOf({ topic, partition, offset: first }));
    if (kind === 'broken' && !discarded) throw brokenAt(batch, first, reason);
    const range = { first_offset: first.toString(), next_offset: next.toString() };
    return { topic, partition, ...range, code, reason: columnText(reason).slice(0, 2000), discarded };
  });
  await tx.query(addUnreadable, [JSON.stringify(rows)]);
}

function brokenAt({ topic, partition }: Batch, offset: bigint, reason: string): PartitionHalted {
  const place = placeOf({ topic, partition, offset });
  return new PartitionHalted(
    `${topic}/${partition} halts at offset ${offset}: ${reason}. Restore the batch from another replica or update this ` +
      `program, and it goes on by itself; or give the batch up: throughline parked discard ${place} --reason <why> ` +
      '(with --service where another than journeys halts)',
  );
}

function lengthOf(ranges: readonly Passed[]): bigint {
  return ranges.reduce((sum, { first, next }) => sum + next - first, 0n);
}

/** All batches before the position that could not be decoded, in order. */
export async function unreadables(db: Queryable): Promise<Unreadable[]> {
  const { rows } = await db.query<UnreadableRow>(
    `select ${columns} from unreadable order by topic, partition, first_offset`,
  );
  return rows.map(({ first_offset, next_offset, ...row }) => ({
    ...row,
    place: placeOf({ ...row, offset: BigInt(first_offset) }),
    first: BigInt(first_offset),
    next: BigInt(next_offset),
  }));
}

interface UnreadableRow {
  readonly topic: string;
  readonly partition: number;
  readonly first_offset: string;
  readonly next_offset: string;
  readonly code: string;
  readonly reason: string;
  readonly discarded: boolean;
}
