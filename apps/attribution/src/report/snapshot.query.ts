import type { Database, Queryable } from '@throughline/postgres';
import { refusal } from '../attribution.error.ts';

/** Runs all statements of one answer on one snapshot, so that its rows and its total agree while credit changes. */
export function onSnapshot<T>(database: Database, work: (snapshot: Queryable) => Promise<T>): Promise<T> {
  return database.transaction(async (tx) => {
    await tx.query('set transaction isolation level repeatable read, read only');
    await tx.query('set local jit = off');
    return work(tx);
  });
}

/** Nobody waits longer, and PostgreSQL does not learn that a client hung up: it works on, until this ends it. */
const MOST_SECONDS = 30;
const CANCELED = '57014';

/**
 * As `onSnapshot`, for a question that a client waits for.
 * @throws ProblemError where one of its statements takes longer than 30 s
 */
export async function answered<T>(
  database: Database,
  work: (snapshot: Queryable) => Promise<T>,
  seconds = MOST_SECONDS,
): Promise<T> {
  try {
    return await onSnapshot(database, async (db) => {
      await db.query(`set local statement_timeout = '${seconds}s'`);
      return work(db);
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== CANCELED) throw error;
    throw refusal('parameter-invalid', `This is more than is answered within ${seconds} seconds.`, {
      remedy:
        'Narrow it to fewer deals by from and to, or by only=account:… or owner:… where it has them, or to fewer models; ' +
        'or ask again when the service has less to do.',
    });
  }
}
