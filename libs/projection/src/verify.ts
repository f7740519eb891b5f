import { readDiscards } from './applier.ts';
import { buildAnew } from './build-anew.ts';
import { dropBuild, liveBuild } from './builds.ts';
import { refuseCutLog, type Progress } from './catch-up.ts';
import { compare, digest, digestedTables, type TableComparison } from './digest.ts';
import { alone } from './alone.ts';
import { enter, vector } from './positions.ts';
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
    const { positions: target, discards } = live;
    const { build, eventsRead, onBatch } = await buildAnew(runner, {
      name: `${projection.name}_verify`,
      ...{ target, discards, onProgress: options.onProgress },
    });
    try {
      onBatch(0, 'comparison');
      const rebuilt = await database.transaction((tx) => digest(tx, build.schema, tables, 'full'));
      const compared = compare(live.digests, rebuilt);
      const equal = compared.every((it) => it.equal);
      return { equal, tables: compared, eventsRead, positions: live.positions };
    } finally {
      await database.transaction((tx) => dropBuild(tx, build.schema));
    }
  });
}
