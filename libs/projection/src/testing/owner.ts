import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { memoryLog } from '@throughline/log';
import { Database } from '@throughline/postgres';
import type { FactTable } from '../projection.ts';
import { ProjectionRunner } from '../runner.ts';
import { ownedEvents, type OwnerTask } from './owner-task.ts';
import { exampleProjection } from './example.projector.ts';
import { sendEvents, wholePartition } from './send-events.ts';

/**
 * An owner of a partition as a process of its own, so that a test can freeze it. It has the same log as the test,
 * because it is made from the same events, says `ready`, waits for a line, and applies the partition as one batch.
 */
const task = JSON.parse(process.argv[2] ?? '') as OwnerTask;
const say = (line: string) => writeSync(1, `${line}\n`);

/** Says where it is from inside the transaction, after the compare-and-set, and stays there a while. */
const lingering: FactTable = {
  name: 'last_table',
  kind: 'fact',
  columns: { event_id: 'uuid not null' },
  primaryKey: ['event_id'],
  rows: () => {
    if (!lingered && task.linger) {
      lingered = true;
      say('in-transaction');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
    }
    return [];
  },
};
let lingered = false;

const database = await Database.open({ url: task.url, name: 'owner' });
const log = memoryLog();
await log.createTopics(
  [...new Set(exampleProjection().topics)].map((name) => ({ name, partitions: task.partitions })),
);
await sendEvents(log, ownedEvents(task));
const { tables, ...projection } = exampleProjection(task.extras ? { extras: task.extras } : {});
const runner = new ProjectionRunner({
  database,
  log,
  projection: { ...projection, name: task.name, tables: [...tables.slice(0, -1), lingering] },
});
await runner.prepare();
await runner.position(task.topic, task.partition);
say('ready');
for await (const _line of createInterface({ input: process.stdin })) break;
try {
  await runner.applyBatch(await wholePartition(log, task.topic, task.partition));
  say('applied');
} catch (error) {
  say(`failed ${(error as Error).name} ${(error as { code?: string }).code ?? ''}`);
}
await runner.close().catch(() => undefined);
await database.close().catch(() => undefined);
process.exit(0);
