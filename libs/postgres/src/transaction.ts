import type pg from 'pg';
import type { Prepared } from './load-sql.ts';
import { CommitRefused, CommitUnknown, isInfrastructure } from './infrastructure.error.ts';

export interface Rows<R> {
  readonly rows: R[];
  readonly rowCount: number;
}

export interface Queryable {
  /** Runs one statement. int8, numeric, date and timestamptz (ISO, milliseconds, Z) come as strings, jsonb parsed. */
  query<R = Record<string, unknown>>(
    statement: string | Prepared,
    values?: readonly unknown[],
  ): Promise<Rows<R>>;
}

export interface Transaction extends Queryable {
  /** the connection that carries the transaction, for COPY streams only */
  readonly client: pg.PoolClient;
}

export async function runQuery<R>(
  client: pg.ClientBase,
  statement: string | Prepared,
  values: readonly unknown[] = [],
): Promise<Rows<R>> {
  const named = typeof statement === 'string' ? { text: statement } : statement;
  const { rows, rowCount } = await client.query<Record<string, unknown>>({ ...named, values: [...values] });
  return { rows: rows as R[], rowCount: rowCount ?? 0 };
}

/**
 * Runs `work` between BEGIN and COMMIT on one connection.
 * @throws what `work` threw, after ROLLBACK; CommitRefused where the server rolled back at COMMIT; CommitUnknown where
 * the answer to COMMIT was lost. A failed ROLLBACK ends the connection, so that it never returns to a pool.
 */
export async function runTransaction<T>(
  client: pg.PoolClient,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  await client.query('BEGIN');
  const tx = new OpenTransaction(client);
  let result: T;
  try {
    result = await work(tx);
  } catch (error) {
    tx.close();
    await rollBack(client);
    throw error;
  }
  tx.close();
  await commit(client, tx);
  return result;
}

/** Refuses statements after its end: the connection may by then carry another transaction. */
class OpenTransaction implements Transaction {
  readonly client: pg.PoolClient;
  failure: unknown;
  #open = true;

  constructor(client: pg.PoolClient) {
    this.client = client;
  }

  async query<R>(statement: string | Prepared, values?: readonly unknown[]): Promise<Rows<R>> {
    if (!this.#open) throw new Error('The transaction has ended; await every statement inside transaction()');
    try {
      return await runQuery<R>(this.client, statement, values);
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }

  close(): void {
    this.#open = false;
  }
}

async function commit(client: pg.PoolClient, tx: OpenTransaction): Promise<void> {
  let command: string;
  try {
    ({ command } = await client.query('COMMIT'));
  } catch (error) {
    const sqlState = (error as { code?: unknown }).code;
    const answered = typeof sqlState === 'string' && /^(23|40|P0)/.test(sqlState);
    if (answered) {
      await rollBack(client);
      throw error;
    }
    abandon(client);
    throw isInfrastructure(error) ? new CommitUnknown(error) : error;
  }
  if (command !== 'COMMIT') throw new CommitRefused(tx.failure);
}

async function rollBack(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('ROLLBACK');
  } catch {
    abandon(client);
  }
}

/** A client that is ending is dropped by the pool when it is given back. */
function abandon(client: pg.ClientBase): void {
  void (client as pg.Client).end().catch(() => undefined);
}
