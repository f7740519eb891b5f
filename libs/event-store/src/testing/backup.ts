import type { Database } from '@throughline/postgres';

/**
 * Copies every table of the schema public, and where its sequences are.
 * @returns what puts all of it back, in one transaction, while connections live on
 */
export async function backup(database: Database): Promise<() => Promise<void>> {
  const copy = `backup_${++copies}`;
  const names = async (kind: 'pg_tables' | 'pg_sequences', column: string) => {
    const { rows } = await database.query<{ name: string }>(
      `select ${column} as name from ${kind} where schemaname = 'public'`,
    );
    return rows.map(({ name }) => name);
  };
  const tables = await names('pg_tables', 'tablename');
  const sequences = await names('pg_sequences', 'sequencename');
  await database.transaction(async (tx) => {
    await tx.query(`create schema ${copy}`);
    for (const table of tables) await tx.query(`create table ${copy}."${table}" as table public."${table}"`);
    for (const name of sequences) {
      await tx.query(
        `create table ${copy}."seq_${name}" as select last_value, is_called from public."${name}"`,
      );
    }
  });
  return () =>
    database.transaction(async (tx) => {
      for (const table of tables) {
        await tx.query(`delete from public."${table}"`);
        await tx.query(`insert into public."${table}" overriding system value table ${copy}."${table}"`);
      }
      for (const name of sequences) {
        await tx.query(`select setval('public."${name}"', last_value, is_called) from ${copy}."seq_${name}"`);
      }
    });
}

let copies = 0;
