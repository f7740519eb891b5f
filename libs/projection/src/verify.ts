import { accountsIn } from './accounting.ts';
import type { OwnedPartition } from '@throughline/log';
import { readDiscards } from './applier.ts';
import { buildAnew } from './build-anew.ts';
import { dropBuild, liveBuild } from './builds.ts';
import { refuseCutLog, type Progress } from './catch-up.ts';
import { caughtUpWith, coverage, marksOf, type PartitionCoverage } from './coverage.ts';
import { compare, digest, digestedTables, type TableComparison } from './digest.ts';
import { alone } from './alone.ts';
import { enter, vector } from './positions.ts';
import type { ProjectionRunner } from './runner.ts';

export interface VerifyOptions {
  /** partitions that this process has, with why they do not go on */
  readonly owned?: readonly OwnedPartition[];
  /** milliseconds after which a projection that does not move is taken as it stands, 5,000 unless given */
  readonly idleMs?: number;
  readonly onProgress?: (progress: Progress) => void;
}

export interface Verification {
  /** whether every table is the same, folded from what could be read up to `positions` */
  readonly equal: boolean;
  /** whether that is every record of the log, each accounted for */
  readonly complete: boolean;
  /** what became of every record between the marks of the log */
  readonly coverage: readonly PartitionCoverage[];
  readonly tables: readonly TableComparison[];
  /** records read from the log: the sum of the live positions */
  readonly eventsRead: number;
  /** the position vector at which both were compared */
  readonly positions: readonly { topic: string; partition: number; next: bigint }[];
}

/**
 * Proves the live tables against the log (I4, decision 16): folds the log from 0 to the live positions into a schema
 * of its own and compares full digests, table by table. The live side is read in one snapshot: positions and rows
 * commit together, so a snapshot is one position vector, and nobody has to wait. What the log had when it began is
 * accounted for record by record: `complete` is false where anything of it was not read.
 * @throws AlreadyRunning, PartitionHalted when the log lost its beginning
 */
export async function verify(runner: ProjectionRunner, options: VerifyOptions = {}): Promise<Verification> {
  const { database, log, projection } = runner.options;
  return alone(database, `projection.verify:${projection.name}`, async () => {
    await refuseCutLog(log, projection.topics);
    const tables = digestedTables(projection);
    const marks = await marksOf(log, projection.topics);
    await caughtUpWith(database, (await runner.live()).schema, marks, options.idleMs);
    const live = await database.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read');
      const { schema } = await liveBuild(tx, projection.name, projection.version);
      await enter(tx, schema);
      const positions = await vector(tx);
      const discards = await readDiscards(tx, projection.name);
      const accounts = await accountsIn(tx);
      return { positions, discards, accounts, digests: await digest(tx, schema, tables, 'full') };
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
      const covered = coverage(live.accounts, target, marks, haltsOf(options.owned ?? []));
      const complete = covered.every((it) => it.complete);
      return { equal, complete, coverage: covered, tables: compared, eventsRead, positions: live.positions };
    } finally {
      await database.transaction((tx) => dropBuild(tx, build.schema));
    }
  });
}

/** Why partitions do not go on, by `topic/partition`. */
function haltsOf(owned: readonly OwnedPartition[]): ReadonlyMap<string, string> {
  return new Map(
    owned.flatMap(({ topic, partition, halted, failing }) => {
      const reason = halted ?? failing;
      return reason === undefined ? [] : [[`${topic}/${partition}`, reason] as const];
    }),
  );
}
