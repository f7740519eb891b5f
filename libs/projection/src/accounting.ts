import { loadSql, type Database, type Queryable } from '@throughline/postgres';
import { within } from './positions.ts';

const countAll = loadSql(import.meta.url, './sql/accounting.sql');

/** Where the records of one partition went, counted from rows, not from counters (I6). */
export interface PartitionAccount {
  readonly topic: string;
  readonly partition: number;
  /** records up to the position, those that a transaction took back not counted */
  readonly accepted: number;
  readonly applied: number;
  readonly duplicates: number;
  /** of the duplicates, those whose content differs from what stands */
  readonly conflicts: number;
  /** waiting, poison and discarded */
  readonly parked: number;
  /** of the parked, those an operator discarded */
  readonly discarded: number;
  /** records in batches that cannot be decoded */
  readonly unreadable: number;
  /** of the unreadable, those that an operator gave up */
  readonly unreadableDiscarded: number;
  /** offsets of markers and aborted records of transactions: no records, and not among the accepted */
  readonly transaction: number;
  /** accepted = applied + duplicates + parked + unreadable */
  readonly balanced: boolean;
}

export async function accounting(
  database: Database,
  { schema }: { schema: string },
): Promise<PartitionAccount[]> {
  return within(database, schema, accountsIn);
}

/** The same, of the schema that `db` has entered. */
export async function accountsIn(db: Queryable): Promise<PartitionAccount[]> {
  const { rows } = await db.query<Omit<PartitionAccount, 'accepted' | 'balanced'> & { accepted: string }>(
    countAll,
  );
  return rows.map((row) => {
    const accepted = Number(row.accepted);
    const accountedFor = row.applied + row.duplicates + row.parked + row.unreadable;
    return { ...row, accepted, balanced: accepted === accountedFor };
  });
}
