import { journeysProjection } from '@throughline/journeys';
import { memoryLog, type LogRecord } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { ProjectionRunner, type TableDigest } from '@throughline/projection';
import { TOPICS } from '@throughline/contracts';
import { logged } from './collect.ts';

/**
 * What the records of a log come to when they are folded plainly: one partition a topic, no repeat, nobody killed, a
 * database of its own. Content digests of every table.
 */
export async function plainFold(records: readonly LogRecord[], database: Database): Promise<TableDigest[]> {
  const log = memoryLog();
  await log.createTopics(TOPICS.map((name) => ({ name, partitions: 1 })));
  const runner = new ProjectionRunner({ database, log, projection: journeysProjection });
  try {
    await runner.prepare();
    for (const topic of TOPICS) {
      const seen = new Set<string>();
      const own = records.filter((record) => record.topic === topic && isNew(record, seen));
      await log.send(topic, own);
      const [mark] = await log.marks(topic);
      const range = { topic, partition: 0, from: 0n, to: mark?.high ?? 0n };
      for await (const batch of log.read(range)) await runner.applyBatch(batch);
    }
    return await runner.digests('content');
  } finally {
    await runner.close();
    await log.close();
  }
}

/** Not the same record again, header by header. What cannot be read is parked as often as it comes, so it is always new. */
function isNew(record: LogRecord, seen: Set<string>): boolean {
  if (logged(record).id === null) return true;
  const { key, value, headers } = record;
  const whole = JSON.stringify([key, value.toString('base64'), Object.entries(headers).sort()]);
  return !seen.has(whole) && seen.add(whole) !== undefined;
}
