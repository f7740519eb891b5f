import { DataSource } from 'typeorm';
import type { DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type pg from 'pg';
import { connectionConfig, GuardedClient, type ConnectionOptions } from './connection.ts';
import { Listener } from './listener.ts';
import type { Prepared } from './load-sql.ts';
import { checkServer } from './server-version.ts';
import { Session } from './session.ts';
import { runQuery, runTransaction, type Queryable, type Rows, type Transaction } from './transaction.ts';

export interface DatabaseOptions extends ConnectionOptions {
  /** connections kept at most, 10 unless told */
  readonly poolSize?: number;
  /** TypeORM entities of read models */
  readonly entities?: NonNullable<DataSourceOptions['entities']>;
}

/**
 * One service's database.
 *
 * Guarantees:
 * - `transaction` resolves only when the server said COMMIT; a lost answer is `CommitUnknown`, never success.
 * - A connection that is lost, idle or in use, ends no process and never returns to the pool.
 * - Every connection has UTC, idle_in_transaction_session_timeout 10 s, lock_timeout 15 s and a statement time-out.
 * - `close` lets work in hand finish first.
 */
export class Database implements Queryable {
  /** TypeORM, for read models and to lend connections; writes are SQL */
  readonly dataSource: DataSource;
  readonly #options: ConnectionOptions;
  readonly #inHand = new Set<Promise<unknown>>();
  readonly #dedicated = new Set<() => Promise<void>>();

  private constructor(options: DatabaseOptions) {
    this.#options = options;
    this.dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      applicationName: options.name,
      poolSize: options.poolSize ?? 10,
      entities: options.entities ?? [],
      installExtensions: false,
      poolErrorHandler: () => undefined,
      extra: { ...connectionConfig(options), Client: GuardedClient },
    });
  }

  /**
   * @throws when the server does not answer within 10 s or refuses; `isInfrastructure` tells which is worth a retry
   * @throws ServerTooOld below PostgreSQL 18
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    const database = new Database(options);
    await database.dataSource.initialize();
    try {
      await checkServer(database);
    } catch (error) {
      await database.close();
      throw error;
    }
    return database;
  }

  query<R = Record<string, unknown>>(
    statement: string | Prepared,
    values?: readonly unknown[],
  ): Promise<Rows<R>> {
    return this.#lend((client) => runQuery<R>(client, statement, values));
  }

  /**
   * Runs `work` in one transaction (read committed) on one connection of the pool.
   * @throws what `work` throws, after ROLLBACK; CommitRefused; CommitUnknown
   */
  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.#lend((client) => runTransaction(client, work));
  }

  /**
   * Hears NOTIFY on a channel, on a connection of its own that comes back by itself; after each return `heard('')` is
   * called, since notifications may have been missed.
   * @returns what ends it
   */
  async listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    const listener = new Listener(this.#named(`listen ${channel}`), channel, heard);
    await listener.start();
    const stop = async () => {
      this.#dedicated.delete(stop);
      await listener.stop();
    };
    this.#dedicated.add(stop);
    return stop;
  }

  /** A dedicated connection, for session advisory locks; closed with the database at the latest. */
  async session(): Promise<Session> {
    const session = await Session.open(this.#named('session'));
    const close = () => session.close();
    this.#dedicated.add(close);
    void session.closed.then(() => this.#dedicated.delete(close));
    return session;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#dedicated].map((close) => close()));
    await Promise.allSettled(this.#inHand);
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  #named(part: string): ConnectionOptions {
    return { ...this.#options, name: `${this.#options.name}: ${part}`.slice(0, 63) };
  }

  #lend<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const running = this.#withConnection(work);
    this.#inHand.add(running);
    const done = () => this.#inHand.delete(running);
    running.then(done, done);
    return running;
  }

  async #withConnection<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const driver = this.dataSource.driver as PostgresDriver;
    const [client, release] = (await driver.obtainMasterConnection()) as [pg.PoolClient, () => void];
    try {
      return await work(client);
    } finally {
      release();
    }
  }
}
