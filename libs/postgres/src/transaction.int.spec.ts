import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CommitRefused, CommitUnknown, Database, isInfrastructure, type Transaction } from './index.ts';
import { cutAnswers, testDatabase, type TestDatabase } from './testing/index.ts';

describe('a transaction', () => {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await testDatabase('transaction');
    database = await Database.open({ url: home.url, name: 'transaction.int.spec', poolSize: 2 });
    await database.query(`CREATE TABLE account (
      name text PRIMARY KEY, partner text UNIQUE DEFERRABLE INITIALLY DEFERRED)`);
  });
  beforeEach(() => database.query('TRUNCATE account'));
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  const add = (to: Pick<Database, 'query'>, name: string, partner: string | null = null) =>
    to.query('INSERT INTO account VALUES ($1, $2)', [name, partner]);
  const names = async () =>
    (await database.query<{ name: string }>('SELECT name FROM account ORDER BY name')).rows.map(
      (it) => it.name,
    );

  it('keeps what it wrote when its work resolves, and gives its result (I1)', async () => {
    const result = await database.transaction(async (tx) => {
      await add(tx, 'acme');
      return (await add(tx, 'globex')).rowCount;
    });

    expect(result).toBe(1);
    expect(await names()).toEqual(['acme', 'globex']);
  });

  it('keeps nothing when its work throws, and hands the error on', async () => {
    const refusal = new Error('refused');
    const work = async (tx: Transaction) => {
      await add(tx, 'acme');
      throw refusal;
    };

    await expect(database.transaction(work)).rejects.toBe(refusal);
    expect(await names()).toEqual([]);
  });

  it('never takes a COMMIT that was answered with ROLLBACK for success, and names the swallowed error (I1)', async () => {
    const work = async (tx: Transaction) => {
      await add(tx, 'acme');
      await add(tx, 'acme').catch(() => undefined);
    };

    const error: unknown = await database.transaction(work).catch((it: unknown) => it);

    expect(error).toBeInstanceOf(CommitRefused);
    expect((error as Error).cause).toMatchObject({ code: '23505' });
    expect(isInfrastructure(error)).toBe(false);
    expect(await names()).toEqual([]);
  });

  it('hands on what a deferred constraint says at COMMIT, as a deterministic error', async () => {
    const work = async (tx: Transaction) => {
      await add(tx, 'acme', 'initech');
      await add(tx, 'globex', 'initech');
    };

    const error: unknown = await database.transaction(work).catch((it: unknown) => it);

    expect(error).toMatchObject({ code: '23505' });
    expect(isInfrastructure(error)).toBe(false);
    expect(await names()).toEqual([]);
  });

  it('says that the outcome is unknown when the answer to COMMIT is lost, though it happened (I1)', async () => {
    const proxy = await cutAnswers(home.url, 'COMMIT');
    const behind = await Database.open({ url: proxy.url, name: 'cut' });

    const error: unknown = await behind.transaction((tx) => add(tx, 'acme')).catch((it: unknown) => it);

    expect(error).toBeInstanceOf(CommitUnknown);
    expect(isInfrastructure(error)).toBe(true);
    expect(await names()).toEqual(['acme']);
    await behind.close();
    await proxy.close();
  });

  it('refuses a statement that was not awaited inside, for the connection may carry another by then', async () => {
    let late: Transaction | undefined;
    await database.transaction(async (tx) => {
      late = tx;
      await add(tx, 'acme');
    });

    await expect(late?.query('SELECT 1')).rejects.toThrow('has ended');
  });

  it('gives its connection back clean after every kind of end', async () => {
    for (let turn = 0; turn < 6; turn++) {
      await database.transaction((tx) => tx.query('SELECT 1/0')).catch(() => undefined);
    }
    const { rows } = await database.query('SELECT pg_current_xact_id_if_assigned() AS open');

    expect(rows).toEqual([{ open: null }]);
  });

  it('outlives the loss of every connection, idle or in use', async () => {
    const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'transaction.int.spec' AND pid <> pg_backend_pid()`;
    await Promise.all([database.query('SELECT 1'), database.query('SELECT 1')]);
    const inUse = database.transaction(async (tx) => {
      await database.query(cut);
      await tx.query('SELECT 1');
    });

    expect(await inUse.then(() => false, isInfrastructure)).toBe(true);
    await add(database, 'acme');
    expect(await names()).toEqual(['acme']);
  });
});

describe('a connection', () => {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await testDatabase('connection');
    database = await Database.open({ url: home.url, name: 'connection.int.spec', statementTimeoutMs: 7_000 });
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });

  it('gives times and large numbers as exact strings, and jsonb parsed', async () => {
    const { rows } = await database.query(`SELECT
      9007199254740993 AS big, timestamptz '2026-11-21 10:30:00.25+01' AS moment, date '2026-11-21' AS day,
      ARRAY[timestamptz '2026-11-21 00:00Z', NULL] AS moments, '{"a":[1]}'::jsonb AS json`);

    expect(rows).toEqual([
      {
        big: '9007199254740993',
        moment: '2026-11-21T09:30:00.250Z',
        day: '2026-11-21',
        moments: ['2026-11-21T00:00:00.000Z', null],
        json: { a: [1] },
      },
    ]);
  });

  it('lets a new owner past a frozen one (I5)', async () => {
    const { rows } = await database.query(`SELECT
      current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('lock_timeout') AS lock,
      current_setting('statement_timeout') AS statement, current_setting('TimeZone') AS zone`);

    expect(rows).toEqual([{ idle: '10s', lock: '15s', statement: '7s', zone: 'UTC' }]);
  });

  it('finishes what is in hand before it closes', async () => {
    const other = await Database.open({ url: home.url, name: 'closing' });
    const inHand = other.transaction((tx) => tx.query("SELECT 'done' AS state FROM pg_sleep(0.1)"));
    await other.close();

    await expect(inHand).resolves.toMatchObject({ rows: [{ state: 'done' }] });
    expect(await other.query('SELECT 1').then(() => false, isInfrastructure)).toBe(true);
  });
});
