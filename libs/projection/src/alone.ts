import type { Database } from '@throughline/postgres';

/** The same long work runs already, perhaps in another process. */
export class AlreadyRunning extends Error {
  override readonly name = 'AlreadyRunning';
}

/** Runs long work under a session lock, which ends with the process whatever ends it. @throws AlreadyRunning */
export async function alone<T>(database: Database, name: string, work: () => Promise<T>): Promise<T> {
  const session = await database.session();
  try {
    const { rows } = await session.query<{ got: boolean }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as got',
      [name],
    );
    if (!rows[0]?.got) throw new AlreadyRunning(`${name} is running already; wait for it, or end it first`);
    return await work();
  } finally {
    await session.close();
  }
}
