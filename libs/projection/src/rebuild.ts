import { loadSql, type Transaction } from '@throughline/postgres';
import { alone } from './alone.ts';
import { APPLIED, readDiscards } from './applier.ts';
import { buildAnew, type Built } from './build-anew.ts';
import { builds, dropBuild, holdBuilds, type Build, type BuildState } from './builds.ts';
import {
  addPositionsOf,
  catchUp,
  marksOfNew,
  progressOf,
  refuseCutLog,
  sizeOf,
  standsAt,
  type PositionVector,
  type Progress,
} from './catch-up.ts';
import { compare, digest, digestedTables, type TableComparison } from './digest.ts';
import { enter, vector } from './positions.ts';
import type { ProjectionRunner } from './runner.ts';
import { createViews } from './stable-views.ts';
import { identifier } from './table-sql.ts';

const fenceLive = loadSql(import.meta.url, './sql/fence-live.sql');

export interface RebuildOptions {
  /** switch although the same version came out different: the live tables were damaged and this repairs them */
  readonly evenIfDifferent?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Rebuilt {
  readonly schema: string;
  readonly switched: boolean;
  /** whether every table that both builds have was equal at one position vector; another version may well differ */
  readonly equal: boolean;
  readonly tables: readonly TableComparison[];
  readonly eventsRead: number;
}

/** There is nothing to go back to with this program. */
export class NoPreviousBuild extends Error {
  override readonly name = 'NoPreviousBuild';
}

/** What is left when the live build is fenced; more would keep it waiting for long. */
const NEAR = 2_000;
/** Rounds of catching up before the fence, in case the live build outruns the new one. */
const ROUNDS = 20;

/**
 * Builds the projection anew beside the live version, from the log alone, compares both at one position vector while
 * the live one is fenced, and switches the stable views, all in one transaction (decision 7). The old build is kept.
 * Nothing is published, and no row of the processing log is written.
 * @throws AlreadyRunning, PartitionHalted when the log lost its beginning
 */
export async function rebuild(runner: ProjectionRunner, options: RebuildOptions = {}): Promise<Rebuilt> {
  const { database, log, projection } = runner.options;
  return alone(database, `projection.rebuild:${projection.name}`, async () => {
    await refuseCutLog(log, projection.topics);
    const built = await buildAnew(runner, {
      name: projection.name,
      target: await targetOf(runner, await liveOf(runner)),
      discards: await readDiscards(database, projection.name),
      onProgress: options.onProgress,
    });
    const rebuilt = await bringLive(runner, built, options);
    if (!rebuilt.switched) await database.transaction((tx) => dropBuild(tx, built.build.schema));
    return rebuilt;
  });
}

/**
 * Goes back to the build before the last switch, once it has caught up; the live one is kept in its place.
 * @throws NoPreviousBuild when there is none, or it is of another version than this program
 */
export async function rollback(
  runner: ProjectionRunner,
  options: Pick<RebuildOptions, 'onProgress'> = {},
): Promise<Rebuilt> {
  const { database, projection } = runner.options;
  return alone(database, `projection.rebuild:${projection.name}`, async () => {
    const previous = (await builds(database, projection.name)).find(({ state }) => state === 'previous');
    if (previous?.version !== projection.version) {
      const kept = previous ? `the kept build is of version ${previous.version}` : 'no earlier build is kept';
      throw new NoPreviousBuild(
        `${kept}; this program is version ${projection.version}: run the program of that version`,
      );
    }
    const missing =
      sizeOf(await targetOf(runner, await liveOf(runner))) - sizeOf(await standing(runner, previous));
    const onBatch = progressOf(missing, () => performance.now(), options.onProgress);
    return bringLive(
      runner,
      { build: previous, eventsRead: 0, onBatch },
      { ...options, evenIfDifferent: true },
    );
  });
}

async function bringLive(
  runner: ProjectionRunner,
  { build, onBatch, eventsRead }: Built,
  options: RebuildOptions,
): Promise<Rebuilt> {
  const { database, log, projection } = runner.options;
  const job = { log, applier: runner.applier, fence: { schema: build.schema, states: [build.state] } };
  const live = await liveOf(runner);
  let read = eventsRead;
  for (let round = 0; round < ROUNDS; round += 1) {
    const target = await targetOf(runner, live);
    const discards = await readDiscards(database, projection.name);
    const run = database.transaction.bind(database);
    await run(async (tx) => {
      await enter(tx, build.schema);
      await addPositionsOf(tx, target);
    });
    const tail = await catchUp({ ...job, discards, run, onBatch }, target);
    read += tail;
    if (tail < NEAR) break;
  }
  const rebuilt = await database.transaction(async (tx) => {
    await holdBuilds(tx, projection.name);
    await fence(tx, projection.name, live.schema);
    await enter(tx, live.schema);
    const known = (await vector(tx)).filter(({ topic }) => projection.topics.includes(topic));
    const target = [...known, ...(await marksOfNew(log, known, projection.topics))];
    const discards = await readDiscards(tx, projection.name);
    const inOne = { ...job, discards, run: <T>(work: (tx: Transaction) => Promise<T>) => work(tx), onBatch };
    read += await catchUp(inOne, target);
    await retryPoison(tx, runner, build);
    const tables = await compareBuilds(tx, runner, live, build);
    const equal = tables.every((it) => it.equal);
    const switched = equal || live.version !== build.version || options.evenIfDifferent === true;
    if (switched) await switchTo(tx, runner, live, build);
    return { schema: build.schema, switched, equal, tables, eventsRead: read };
  });
  if (rebuilt.switched) await dropOlder(runner, live, build);
  return rebuilt;
}

/**
 * Row locks are not queued: while batches overlap, one more FOR SHARE always gets in before FOR UPDATE, for as long as
 * events come. Table locks are, and a batch takes that of `position` first; so this one comes after those in hand.
 */
async function fence(tx: Transaction, name: string, schema: string): Promise<void> {
  await tx.query('set local idle_in_transaction_session_timeout = 60000');
  await tx.query('set local statement_timeout = 0');
  await tx.query(`lock table ${identifier(schema)}.position in exclusive mode`);
  await tx.query(fenceLive, [name]);
}

/** Discards made while the build was running have not met their events yet. */
async function retryPoison(tx: Transaction, runner: ProjectionRunner, build: Build): Promise<void> {
  await enter(tx, build.schema);
  const { rows } = await tx.query<{ topic: string; partition: number; key: string }>(
    `select distinct topic, partition, key from parked where state = 'poison' order by 1, 2, 3`,
  );
  for (const at of rows)
    await runner.applier.redrain(tx, { schema: build.schema, states: [build.state] }, at);
}

async function compareBuilds(
  tx: Transaction,
  runner: ProjectionRunner,
  live: Build,
  build: Build,
): Promise<TableComparison[]> {
  const { rows } = await tx.query<{ table: string; columns: string[] }>(
    `select table_name as table, array_agg(column_name::text) as columns
     from information_schema.columns where table_schema = $1 group by table_name`,
    [live.schema],
  );
  const columns = new Map(rows.map((row) => [row.table, new Set(row.columns)]));
  const shared = digestedTables(runner.options.projection).filter((table) =>
    table.columns.every((column) => columns.get(table.name)?.has(column)),
  );
  // what is live is fenced, so another connection sees it as this one does
  const [mine, rebuilt] = await Promise.all([
    runner.options.database.transaction((other) => digest(other, live.schema, shared, 'full')),
    digest(tx, build.schema, shared, 'full'),
  ]);
  return compare(mine, rebuilt);
}

async function switchTo(tx: Transaction, runner: ProjectionRunner, live: Build, build: Build): Promise<void> {
  const setState = 'update projection.build set state = $2, switched_at = now() where schema = $1';
  await tx.query(setState, [live.schema, 'previous' satisfies BuildState]);
  await tx.query(setState, [build.schema, 'live' satisfies BuildState]);
  await createViews(tx, build.schema, runner.options.views ?? []);
  await tx.query('select pg_notify($1, $2)', [APPLIED, runner.options.projection.name]);
}

async function dropOlder(runner: ProjectionRunner, live: Build, build: Build): Promise<void> {
  const { database, projection } = runner.options;
  await database.transaction(async (tx) => {
    await holdBuilds(tx, projection.name);
    for (const { schema, state } of await builds(tx, projection.name)) {
      if (state === 'previous' && schema !== live.schema && schema !== build.schema)
        await dropBuild(tx, schema);
    }
  });
}

/** The live build of whatever version. */
async function liveOf(runner: ProjectionRunner): Promise<Build> {
  const { database, projection } = runner.options;
  const live = (await builds(database, projection.name)).find(({ state }) => state === 'live');
  if (!live) throw new RangeError(`projection ${projection.name} was not prepared`);
  return live;
}

async function standing(runner: ProjectionRunner, build: Build): Promise<PositionVector> {
  return standsAt(runner.options.database, build.schema, runner.options.projection.topics);
}

/** As far as the live build is; a topic that it does not read, as far as the log is. */
async function targetOf(runner: ProjectionRunner, live: Build): Promise<PositionVector> {
  const { log, projection } = runner.options;
  const known = await standing(runner, live);
  return [...known, ...(await marksOfNew(log, known, projection.topics))];
}
