import type pg from 'pg';
import { connectionConfig, GuardedClient, type ConnectionOptions } from './connection.ts';
import type { Prepared } from './load-sql.ts';
import { runQuery, type Queryable, type Rows } from './transaction.ts';

/** A dedicated connection, for what lives and dies with it: session advisory locks, LISTEN. */
export class Session implements Queryable {
  /** resolves when the connection is gone, by `close` or by itself; its locks are gone then too */
  readonly closed: Promise<void>;
  readonly client: pg.Client;

  private constructor(client: pg.Client) {
    this.client = client;
    this.closed = new Promise((resolve) => {
      client.once('end', resolve);
      client.once('error', () => resolve());
    });
  }

  static async open(options: ConnectionOptions): Promise<Session> {
    const client = new GuardedClient(connectionConfig(options) as pg.ClientConfig);
    const session = new Session(client);
    try {
      await client.connect();
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  query<R = Record<string, unknown>>(
    statement: string | Prepared,
    values?: readonly unknown[],
  ): Promise<Rows<R>> {
    return runQuery<R>(this.client, statement, values);
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
