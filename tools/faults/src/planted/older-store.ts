import assert from 'node:assert/strict';
import { EventStore, LogCheck, StoreBehindLog } from '@throughline/event-store';
import { backup, capture, fixture, fixtureMeta, followUp, testStore } from '@throughline/event-store/testing';
import { memoryLog } from '@throughline/log';
import { Relay } from '@throughline/relay';

/** What must come of a store that is put back to an older point than its log. */
interface OlderCase {
  readonly name: string;
  run(): Promise<void>;
}

interface Scene {
  readonly check: LogCheck;
  /** sends a command under its key */
  send(command: typeof capture | ReturnType<typeof followUp>, key: string): Promise<unknown>;
  rows(): Promise<readonly unknown[]>;
  /** puts the store back to the point before the follow-up, which the log has */
  restore(): Promise<void>;
}

function olderCase(name: string, run: (scene: Scene) => Promise<void>): OlderCase {
  return {
    name,
    async run() {
      const test = await testStore('planted');
      const log = memoryLog();
      await log.createTopics([{ name: 'journey.leads', partitions: 3 }]);
      const topics = ['journey.leads'];
      const check = new LogCheck({ database: test.database, log, service: 'leads', topics });
      const store = new EventStore(test.database, { check });
      const relay = new Relay(test.database, log, { before: () => check.compared() });
      const send: Scene['send'] = (command, commandId) =>
        store.handle({ ...fixture, stream: 'lead-1', command, meta: fixtureMeta({ commandId }) });
      try {
        await send(capture, 'capture');
        await check.compareAll();
        const restore = await backup(test.database);
        await send(followUp('interested'), 'follow-up');
        await relay.runOnce();
        await check.compareAll();
        const rows = async () =>
          (await test.database.query('select * from event order by stream, version')).rows;
        await run({ check, send, rows, restore });
      } finally {
        await relay.stop();
        await log.close();
        await test.drop();
      }
    },
  };
}

export const olderStores: readonly OlderCase[] = [
  olderCase('the next append finds it', async ({ send, restore }) => {
    await restore();
    await assert.rejects(send(followUp('no answer'), 'new'), StoreBehindLog);
  }),
  olderCase('a comparison finds it, and no decision is taken', async ({ check, send, restore }) => {
    await restore();
    assert.equal((await check.compareAll()).kind, 'store-behind');
    await assert.rejects(send(followUp('no answer'), 'new'), StoreBehindLog);
  }),
  olderCase('it is taken back from the log with its commands', async ({ check, send, rows, restore }) => {
    const whole = await rows();
    await restore();
    await check.compareAll();
    await check.restore();
    assert.deepEqual(await rows(), whole);
    await assert.rejects(send(followUp('another payload'), 'follow-up'), { name: 'IdempotencyConflict' });
  }),
];
