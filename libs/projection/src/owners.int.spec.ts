import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { StaleOwner } from './index.ts';
import {
  Bench,
  exampleProjection,
  Owner,
  ownedEvents,
  sendEvents,
  touch,
  wholePartition,
  type OwnerTask,
} from './testing/index.ts';

describe('owners of one partition', () => {
  let bench: Bench;
  let count = 0;
  const owners: Owner[] = [];
  beforeAll(async () => {
    bench = await Bench.start('owners');
  });
  afterEach(() => owners.splice(0).forEach((owner) => owner.end()));
  afterAll(() => bench.end());

  const named = () => ({ ...exampleProjection(), name: `owners_${(count += 1)}` });
  const start = async (task: Partial<OwnerTask>, holds: OwnerTask['holds'], name: string) => {
    const owner = new Owner({
      url: bench.url,
      name,
      topic: 'journey.touches',
      partition: 0,
      partitions: 1,
      holds,
      ...task,
    });
    owners.push(owner);
    expect(await owner.hear()).toBe('ready');
    return owner;
  };

  it('I5: a stale compare-and-set writes nothing', async () => {
    const log = await bench.log(1);
    const mine = named();
    const first = await bench.runner(log, mine);
    const second = await bench.runner(log, mine);
    await sendEvents(log, ownedEvents({ holds: { touches: 5 } }));
    const batch = await wholePartition(log, 'journey.touches', 0);
    const results = await Promise.allSettled([first.applyBatch(batch), second.applyBatch(batch)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(first.applyBatch(batch)).rejects.toThrow(StaleOwner);
    await sendEvents(log, [touch('later', 'v')]);
    const [late] = (await wholePartition(log, 'journey.touches', 0)).records.slice(-1);
    const ahead = { ...batch, records: late ? [{ ...late, offset: 9n }] : [] };
    await expect(second.applyBatch(ahead)).rejects.toThrow(StaleOwner);
    expect(
      await bench.rows(first, 'select count(*)::int as entries, sum(duplicates)::int as again from entry'),
    ).toEqual([{ entries: 5, again: 0 }]);
  });

  it('I5: two runners subscribed at once apply every event once', async () => {
    const log = await bench.log(3);
    const mine = named();
    const runners = [await bench.runner(log, mine), await bench.runner(log, mine)];
    const running = await Promise.all(
      // two groups: each believes that it owns every partition
      runners.map((runner, index) => log.subscribe({ ...runner.subscription(), group: `group-${index}` })),
    );
    const sent = await sendEvents(log, ownedEvents({ holds: { touches: 200 } }));
    for (const { event } of sent) expect(await runners[0]?.waitFor(`e.${event.id}`, 20_000)).toBe('applied');
    await Promise.all(running.map((it) => it.stop()));
    const [runner] = runners;
    if (!runner) throw new Error('no runner');
    expect(await bench.rows(runner, 'select count(*)::int as touches from touch')).toEqual([
      { touches: 200 },
    ]);
    expect(
      (await runner.accounting()).every(({ balanced, duplicates }) => balanced && duplicates === 0),
    ).toBe(true);
  });

  it('I5: an owner frozen between batches writes nothing when it thaws', async () => {
    const holds = { touches: 20 };
    const log = await bench.log(1);
    const mine = named();
    const runner = await bench.runner(log, mine);
    const owner = await start({}, holds, mine.name);
    owner.freeze();
    owner.go();
    await sendEvents(log, ownedEvents({ holds }));
    expect(await runner.runOnce()).toBe(20);
    owner.thaw();
    expect(await owner.hear()).toMatch(/^failed StaleOwner/);
    expect(await bench.rows(runner, 'select count(*)::int as entries from entry')).toEqual([{ entries: 20 }]);
  });

  it('I5: an owner frozen between compare-and-set and COMMIT is passed within 15 s and writes nothing', async () => {
    const holds = { touches: 20 };
    const log = await bench.log(1);
    const mine = named();
    const runner = await bench.runner(log, mine);
    const owner = await start({ linger: true }, holds, mine.name);
    owner.go();
    expect(await owner.hear()).toBe('in-transaction');
    owner.freeze();
    await sendEvents(log, ownedEvents({ holds }));
    expect(await runner.runOnce()).toBe(20);
    owner.thaw();
    expect(await owner.hear()).toMatch(/^failed/);
    expect(
      await bench.rows(runner, 'select count(*)::int as entries, sum(duplicates)::int as again from entry'),
    ).toEqual([{ entries: 20, again: 0 }]);
    expect((await runner.position('journey.touches', 0)).next).toBe(20n);
  });

  it('I4: two processes commit both halves of one person at once, and they meet', async () => {
    const holds = { chain: 12 };
    const log = await bench.log(2);
    // each transaction stays open after its edges are in, so that the two overlap
    const slow = [
      `create function linger() returns trigger language plpgsql as $$ begin perform pg_sleep(0.5); return null; end $$`,
      'create trigger linger after insert on same_person for each statement execute function linger()',
    ];
    const mine = { ...exampleProjection({ extras: slow }), name: `owners_${(count += 1)}` };
    const runner = await bench.runner(log, mine);
    await sendEvents(log, ownedEvents({ holds }));
    const halves = await log.marks('journey.identities');
    expect(halves.every(({ high }) => high > 0n)).toBe(true);
    const both = await Promise.all(
      [0, 1].map((partition) =>
        start({ topic: 'journey.identities', partition, partitions: 2, extras: slow }, holds, mine.name),
      ),
    );
    for (const owner of both) owner.go();
    expect(await Promise.all(both.map((owner) => owner.hear()))).toEqual(['applied', 'applied']);
    expect(
      await bench.rows(
        runner,
        'select canonical, count(*)::int as persons from person_alias group by canonical',
      ),
    ).toEqual([{ canonical: 'person-0', persons: 13 }]);
  });
});
