import assert from 'node:assert/strict';
import { toRecord } from '@throughline/contracts';
import type { Log, NewRecord } from '@throughline/log';
import type { ProjectionRunner } from '@throughline/projection';
import { Bench, leadStream, touch } from '@throughline/projection/testing';

/** What a producer wrote that is no sender of this platform, and what must come of it. */
interface ForeignCase {
  readonly name: string;
  run(): Promise<void>;
}

interface Scene {
  readonly bench: Bench;
  readonly log: Log;
  readonly runner: ProjectionRunner;
  readonly lead: readonly NewRecord[];
  readonly moment: NewRecord;
}

function foreignCase(name: string, run: (scene: Scene) => Promise<void>): ForeignCase {
  return {
    name,
    async run() {
      const bench = await Bench.start('planted');
      try {
        const log = await bench.log(1);
        const runner = await bench.runner(log);
        const lead = leadStream('lead-1', 3).map((event) => toRecord(event));
        await run({ bench, log, runner, lead, moment: toRecord(touch('t1', 'visitor-1')) });
      } finally {
        await bench.end();
      }
    },
  };
}

async function parkedCodes(runner: ProjectionRunner): Promise<string[]> {
  return (await runner.parked.list({ limit: 100 })).events.map(({ code }) => code);
}

export const foreignRecords: readonly ForeignCase[] = [
  foreignCase(
    'an event in a topic that is not its own is parked',
    async ({ bench, log, runner, lead, moment }) => {
      await log.send('journey.leads', lead.slice(0, 1));
      await log.send('journey.touches', lead.slice(1));
      await log.send('journey.identities', [moment]);
      await runner.runOnce();
      assert.deepEqual(await parkedCodes(runner), ['wrong-topic', 'wrong-topic', 'wrong-topic']);
      assert.deepEqual(await bench.rows(runner, 'select version from lead'), [{ version: 1 }]);
      assert.deepEqual(await bench.rows(runner, 'select visitor from touch'), []);
    },
  ),
  foreignCase('an event under a key that is not its own is parked', async ({ bench, log, runner, lead }) => {
    const [first, second] = lead;
    assert.ok(first && second);
    await log.send('journey.leads', [first, { ...second, key: 'lead-2' }]);
    await runner.runOnce();
    assert.deepEqual(await parkedCodes(runner), ['bad-record']);
    assert.deepEqual(await bench.rows(runner, 'select version from lead'), [{ version: 1 }]);
  }),
  foreignCase('a record with too many headers is parked', async ({ bench, log, runner, moment }) => {
    const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`h${n}`, 'v']));
    await log.send('journey.touches', [{ ...moment, headers: { ...moment.headers, ...many } }]);
    await runner.runOnce();
    assert.deepEqual(await parkedCodes(runner), ['too-many-headers']);
    assert.deepEqual(await bench.rows(runner, 'select visitor from touch'), []);
  }),
  foreignCase('a log that was not read whole is not proven', async ({ log, runner, lead }) => {
    await log.send('journey.leads', lead);
    assert.equal((await runner.verify({ idleMs: 0 })).complete, false);
    await runner.runOnce();
    assert.equal((await runner.verify({ idleMs: 0 })).complete, true);
  }),
];
