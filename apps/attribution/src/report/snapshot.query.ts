import type { Database, Queryable } from '@throughline/postgres';

/** Runs all statements of one answer on one snapshot, so that its rows and its total agree while credit changes. */
export function onSnapshot<T>(database: Database, work: (snapshot: Queryable) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    await tx.query('set local jit = off');
    return work(tx);
  });
}
