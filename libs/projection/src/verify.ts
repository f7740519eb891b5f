import { readDiscards } from './applier.ts';
import { createBuild, dropBuild, holdBuilds, liveBuild } from './builds.ts';
import { addPositionsOf, catchUp, progressOf, refuseCutLog, sizeOf, type Progress } from './catch-up.ts';
import { compare, digest, digestedTables, type TableComparison } from './digest.ts';
import { alone } from './alone.ts';
import { enter, vector, type Fence } from './positions.ts';
import type { ProjectionRunner } from './runner.ts';

export interface VerifyOptions {
  readonly onProgress?: (progress: Progress) => void;
}

export interface Verification {
  readonly equal: boolean;
  readonly tables: readonly TableComparison[];
  /** records read from the log: the sum of the live positions */
  readonly eventsRead: number;
  /** the position vector at which both were compared */
  readonly positions: readonly { topic: string; partition: number; next: bigint }[];
}

/**
 * Proves the live tables against the log (I4, decision 16): folds the log from 0 to the live positions into a schema
 * of its own and compares full digests, table by table. The live side is read in one snapshot: positions and rows
 * commit together, so a snapshot is one position vector, and nobody has to wait.
 * @throws AlreadyRunning, PartitionHalted when the log lost its beginning
 */
export async function verify(runner: ProjectionRunner, options: VerifyOptions = {}): Promise<Verification> {
  const { database, log, projection } = runner.options;
  return alone(database, `projection.verify:${projection.name}`, async () => {
    await refuseCutLog(log, projection.topics);
    const tables = digestedTables(projection);
    const live = await database.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read');
      const { schema } = await liveBuild(tx, projection.name, projection.version);
      await enter(tx, schema);
      const positions = await vector(tx);
      const discards = await readDiscards(tx, projection.name);
      return { positions, discards, digests: await digest(tx, schema, tables, 'full') };
    });
    const name = `${projection.name}_verify`;
    const build = await database.transaction(async (tx) => {
      await holdBuilds(tx, name);
      const made = await createBuild(tx, { ...projection, name }, 'building');
      await addPositionsOf(tx, live.positions);
      return made;
    });
    const fence: Fence = { schema: build.schema, states: ['building'] };
    try {
      const onBatch = progressOf(sizeOf(live.positions), () => performance.now(), options.onProgress);
      const run = database.transaction.bind(database);
      const job = { log, applier: runner.applier, fence, discards: live.discards, run, onBatch };
      const eventsRead = await catchUp(job, live.positions);
      const rebuilt = await database.transaction((tx) => digest(tx, build.schema, tables, 'full'));
      const compared = compare(live.digests, rebuilt);
      const equal = compared.every((it) => it.equal);
      return { equal, tables: compared, eventsRead, positions: live.positions };
    } finally {
      await database.transaction((tx) => dropBuild(tx, build.schema));
    }
  });
}
