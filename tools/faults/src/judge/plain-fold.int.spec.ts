import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent, toRecord, TOPICS } from '@throughline/contracts';
import { journeysProjection } from '@throughline/journeys';
import { memoryLog, readAll, type LogRecord } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { ProjectionRunner } from '@throughline/projection';
import { plainFold } from './plain-fold.ts';

let databases: Awaited<ReturnType<typeof testDatabase>>[];
let live: Database;
let apart: Database;
beforeAll(async () => {
  databases = [await testDatabase('live'), await testDatabase('fold')];
  const [one, other] = databases;
  live = await Database.open({ url: one?.url ?? '', name: 'live' });
  apart = await Database.open({ url: other?.url ?? '', name: 'fold' });
});
afterAll(async () => {
  await Promise.all([live.close(), apart.close()]);
  await Promise.all(databases.map((database) => database.drop()));
});

describe('a plain fold', () => {
  it('I4 is what a projection comes to, though good and unreadable records came twice', async () => {
    const log = memoryLog();
    await log.createTopics(TOPICS.map((name) => ({ name, partitions: 3 })));
    const { topic, ...good } = toRecord(sampleEvent('touch.recorded', { source: 'site' }));
    const poison = {
      ...good,
      key: 'poison',
      headers: { ...good.headers, ce_id: 'x' },
      value: Buffer.from('{"'),
    };
    const { topic: _, ...withdrawn } = toRecord(sampleEvent('touch.withdrawn', { source: 'site' }));
    await log.send(topic, [withdrawn, good, poison, good, poison, withdrawn]);
    const runner = new ProjectionRunner({ database: live, log, projection: journeysProjection });
    await runner.prepare();
    await runner.runOnce();

    const records: LogRecord[] = [];
    for await (const batch of readAll(log, topic)) records.push(...batch.records);
    const digests = await runner.digests('content');
    expect(await plainFold(records, apart)).toEqual(digests);
    expect(digests).toContainEqual(expect.objectContaining({ table: 'touch_withdrawal', rows: 1 }));
    await runner.close();
    await log.close();
  });
});
