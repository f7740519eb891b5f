import type { Database, Transaction } from '@throughline/postgres';
import { readDiscards } from './applier.ts';
import type { Build } from './builds.ts';
import { addPositionsOf, catchUp, marksOfNew, type CatchUp, type PositionVector } from './catch-up.ts';
import { compare, digest, digestedTables, type Digested, type TableComparison } from './digest.ts';
import { enter, vector } from './positions.ts';
import type { ProjectionRunner } from './runner.ts';

/** Bringing one build on, whatever was given up by then and in whichever transactions. */
export type Job = Omit<CatchUp, 'run' | 'discards'>;

/**
 * Positions and rows commit together, so a snapshot of the live build is one position vector: the new build is brought
 * there, and both are digested while the live one goes on.
 */
export async function compareAtSnapshot(
  runner: ProjectionRunner,
  job: Job,
  live: Build,
): Promise<{ tables: TableComparison[]; tail: number }> {
  const { database, log, projection } = runner.options;
  return database.transaction(async (snapshot) => {
    await snapshot.query('set transaction isolation level repeatable read');
    await snapshot.query('set local idle_in_transaction_session_timeout = 0');
    await enter(snapshot, live.schema);
    const known = (await vector(snapshot)).filter(({ topic }) => projection.topics.includes(topic));
    const discards = await readDiscards(snapshot, projection.name);
    const shared = await sharedTables(snapshot, runner, live);
    const target = [...known, ...(await marksOfNew(log, known, projection.topics))];
    const tail = await catchUpTo(database, { ...job, discards }, target);
    await database.transaction((tx) => retryPoison(tx, runner, { fence: job.fence, discards }));
    const [mine, rebuilt] = await Promise.all([
      digest(snapshot, live.schema, shared, 'full'),
      database.transaction((tx) => digest(tx, job.fence.schema, shared, 'full')),
    ]);
    return { tables: compare(mine, rebuilt), tail };
  });
}

/** Catches up, a transaction a batch. @returns events read */
export async function catchUpTo(
  database: Pick<Database, 'transaction'>,
  job: Omit<CatchUp, 'run'>,
  target: PositionVector,
): Promise<number> {
  const run = database.transaction.bind(database);
  await run(async (tx) => {
    await enter(tx, job.fence.schema);
    await addPositionsOf(tx, target);
  });
  return catchUp({ ...job, run }, target);
}

/** Discards that were made after the build had met their events: it has not applied them yet. */
export async function retryPoison(
  tx: Transaction,
  runner: ProjectionRunner,
  { fence, discards }: Pick<CatchUp, 'fence' | 'discards'>,
): Promise<void> {
  await enter(tx, fence.schema);
  const { rows } = await tx.query<{ topic: string; partition: number; key: string }>(
    `select distinct topic, partition, key from parked where state = 'poison' order by 1, 2, 3`,
  );
  for (const at of rows) await runner.applier.redrain(tx, fence, at, discards);
}

/** The tables that both builds have, with the columns of the new one. */
async function sharedTables(tx: Transaction, runner: ProjectionRunner, live: Build): Promise<Digested[]> {
  const { rows } = await tx.query<{ table: string; columns: string[] }>(
    `select table_name as table, array_agg(column_name::text) as columns
     from information_schema.columns where table_schema = $1 group by table_name`,
    [live.schema],
  );
  const columns = new Map(rows.map((row) => [row.table, new Set(row.columns)]));
  return digestedTables(runner.options.projection).filter((table) =>
    table.columns.every((column) => columns.get(table.name)?.has(column)),
  );
}
