import { loadSql, type Transaction } from '@throughline/postgres';
import { alone } from './alone.ts';
import { APPLIED, readDiscards } from './applier.ts';
import { buildAnew, type Built } from './build-anew.ts';
import { builds, dropBuild, holdBuilds, type Build, type BuildState } from './builds.ts';
import {
  catchUp,
  marksOfNew,
  progressOf,
  refuseCutLog,
  sizeOf,
  standsAt,
  type PositionVector,
  type Progress,
} from './catch-up.ts';
import type { TableComparison } from './digest.ts';
import { enter, vector } from './positions.ts';
import { catchUpTo, compareAtSnapshot, retryPoison, type Job } from './rebuild-compare.ts';
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
 * Builds the projection anew beside the live version, from the log alone, and compares both at one position vector: that
 * of a snapshot of the live one, which goes on meanwhile. Then the live one is fenced for what came since, and the stable
 * views are switched in the same transaction (decision 7). The old build is kept.
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
  const fence = { schema: build.schema, states: [build.state] };
  const job = { log, applier: runner.applier, fence, onBatch };
  const live = await liveOf(runner);
  let read = eventsRead + (await comeNear(runner, job, live));
  onBatch(0, 'comparison');
  const { tables, tail } = await compareAtSnapshot(runner, job, live);
  read += tail;
  const equal = tables.every((it) => it.equal);
  const { schema } = build;
  if (!equal && live.version === build.version && options.evenIfDifferent !== true)
    return { schema, switched: false, equal, tables, eventsRead: read };
  read += await comeNear(runner, job, live);
  read += await database.transaction(async (tx) => {
    await holdBuilds(tx, projection.name);
    await holdLive(tx, projection.name, live.schema);
    const last = await catchUpWithin(tx, runner, job, live);
    await switchTo(tx, runner, live, build);
    return last;
  });
  await dropOlder(runner, live, build);
  return { schema, switched: true, equal, tables, eventsRead: read };
}

/** Catches up until little is left. @returns events read */
async function comeNear(runner: ProjectionRunner, job: Job, live: Build): Promise<number> {
  const { database, projection } = runner.options;
  let read = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const target = await targetOf(runner, live);
    const discards = await readDiscards(database, projection.name);
    const tail = await catchUpTo(database, { ...job, discards }, target);
    read += tail;
    if (tail < NEAR) break;
  }
  return read;
}

/** What came since, and what was given up since, in the transaction that fences the live build. @returns events read */
async function catchUpWithin(
  tx: Transaction,
  runner: ProjectionRunner,
  job: Job,
  live: Build,
): Promise<number> {
  const { log, projection } = runner.options;
  await enter(tx, live.schema);
  const known = (await vector(tx)).filter(({ topic }) => projection.topics.includes(topic));
  const target = [...known, ...(await marksOfNew(log, known, projection.topics))];
  const discards = await readDiscards(tx, projection.name);
  const read = await catchUp({ ...job, discards, run: (work) => work(tx) }, target);
  await retryPoison(tx, runner, { fence: job.fence, discards });
  return read;
}

/**
 * Row locks are not queued: while batches overlap, one more FOR SHARE always gets in before FOR UPDATE, for as long as
 * events come. Table locks are, and a batch takes that of `position` first; so this one comes after those in hand.
 */
async function holdLive(tx: Transaction, name: string, schema: string): Promise<void> {
  await tx.query('set local idle_in_transaction_session_timeout = 60000');
  await tx.query('set local statement_timeout = 0');
  await tx.query(`lock table ${identifier(schema)}.position in exclusive mode`);
  await tx.query(fenceLive, [name]);
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
