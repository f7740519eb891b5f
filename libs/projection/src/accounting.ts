import { loadSql, type Database } from '@throughline/postgres';
import { within } from './positions.ts';

const countAll = loadSql(import.meta.url, './sql/accounting.sql');

/** Where the records of one partition went, counted from rows, not from counters (I6). */
export interface PartitionAccount {
  readonly topic: string;
  readonly partition: number;
  /** records up to the position */
  readonly accepted: number;
  readonly applied: number;
  readonly duplicates: number;
  /** of the duplicates, those whose content differs from what stands */
  readonly conflicts: number;
  /** waiting, poison and discarded */
  readonly parked: number;
  /** of the parked, those an operator discarded */
  readonly discarded: number;
  /** accepted = applied + duplicates + parked */
  readonly balanced: boolean;
}

export async function accounting(
  database: Database,
  { schema }: { schema: string },
): Promise<PartitionAccount[]> {
  return within(database, schema, async (tx) => {
    const { rows } = await tx.query<Omit<PartitionAccount, 'accepted' | 'balanced'> & { accepted: string }>(
      countAll,
    );
    return rows.map((row) => {
      const accepted = Number(row.accepted);
      return { ...row, accepted, balanced: accepted === row.applied + row.duplicates + row.parked };
    });
  });
}
