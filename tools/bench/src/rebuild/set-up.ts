import { journeysProjection } from '@throughline/journeys';
import { postgresLog } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { ProjectionRunner } from '@throughline/projection';
import type { BenchContext } from '../bench.ts';
import { history } from './history.ts';
import { loadLog } from './load-log.ts';

export const PARTITIONS = 6;

export interface Rebuildable {
  readonly runner: ProjectionRunner;
  readonly database: Database;
  readonly url: string;
  readonly events: number;
}

/**
 * A log of so many events and journeys built from it. The first build is a rebuild too: positions are set to the end of
 * the log over empty tables, and what the log holds is put in their place; that takes a third of projecting it live.
 */
export async function rebuildable(context: BenchContext, events: number): Promise<Rebuildable> {
  const logUrl = await context.postgresUrl('log');
  context.report.progress(`rebuild: loading ${events} events into the log`);
  await loadLog(logUrl, history(events), PARTITIONS);
  const log = postgresLog({ url: logUrl });
  const url = await context.postgresUrl('journeys');
  const database = await Database.open({ url, name: 'bench rebuild', statementTimeoutMs: 0 });
  const runner = new ProjectionRunner({ database, log, projection: journeysProjection });
  context.onEnd(async () => {
    await runner.close();
    await database.close();
    await log.close();
  });
  await runner.prepare();
  const { schema } = await runner.live();
  for (const topic of journeysProjection.topics) {
    for (const { partition, high } of await log.marks(topic)) {
      const move = `update ${schema}.position set next_offset = $3 where topic = $1 and partition = $2`;
      await database.query(move, [topic, partition, high.toString()]);
    }
  }
  context.report.progress(`rebuild: the first build of ${events} events`);
  await runner.rebuild({ evenIfDifferent: true });
  return { runner, database, url, events };
}
