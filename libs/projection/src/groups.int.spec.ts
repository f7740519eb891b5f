import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import { PartitionHalted, type Batch, type Log } from '@throughline/log';
import fc from 'fast-check';
import { StaleOwner, type ProjectionRunner } from './index.ts';
import {
  Bench,
  exampleProjection,
  leadStream,
  linked,
  Owner,
  ownedEvents,
  sendEvents,
  touch,
  wholePartition,
} from './testing/index.ts';

const NO_LIMITS = { gapKeys: Infinity, poisonKeys: Infinity };
const TOUCHES = 'journey.touches';
const LEADS = 'journey.leads';

describe('batches of several partitions in one transaction', () => {
  let bench: Bench;
  let count = 0;
  const owners: Owner[] = [];
  beforeAll(async () => {
    bench = await Bench.start('groups');
  });
  afterEach(() => owners.splice(0).forEach((owner) => owner.end()));
  afterAll(() => bench.end());

  const named = (options?: Parameters<typeof exampleProjection>[0]) => ({
    ...exampleProjection(options),
    name: `groups_${(count += 1)}`,
  });
  const someTouches = Array.from({ length: 30 }, (_, n) => touch(`t${n}`, `v${n}`));
  const batchesOf = async (log: Log, topic: string): Promise<Batch[]> => {
    const filled = (await log.marks(topic)).filter(({ high }) => high > 0n);
    return Promise.all(filled.map(({ partition }) => wholePartition(log, topic, partition)));
  };
  const entries = async (runner: ProjectionRunner) =>
    (await bench.rows(runner, 'select 1 from entry')).length;

  /** Every partition at once, as the loops of a subscription would. */
  async function runTogether(runner: ProjectionRunner, log: Log, size: number): Promise<void> {
    const follow = async (topic: string, partition: number): Promise<void> => {
      for (;;) {
        const { next } = await runner.position(topic, partition);
        const high = (await log.marks(topic)).find((it) => it.partition === partition)?.high ?? 0n;
        if (next >= high) return;
        try {
          for await (const batch of log.read({ topic, partition, from: next, to: high, batchSize: size }))
            await runner.applyBatch(batch);
        } catch (error) {
          if (!(error instanceof StaleOwner)) throw error;
        }
      }
    };
    const { topics } = runner.options.projection;
    const marks = await Promise.all(topics.map(async (topic) => [topic, await log.marks(topic)] as const));
    await Promise.all(
      marks.flatMap(([topic, those]) => those.map(({ partition }) => follow(topic, partition))),
    );
  }

  /** One batch a transaction, one after the other. */
  async function runSingly(runner: ProjectionRunner, log: Log): Promise<void> {
    const fence = { ...(await runner.live()), states: ['live'] as const };
    for (const topic of runner.options.projection.topics) {
      for (const batch of await batchesOf(log, topic))
        await bench.database.transaction((tx) => runner.applier.apply(tx, fence, batch, NO_LIMITS));
    }
  }

  const aHistory = fc.record({
    leads: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }),
    late: fc.array(fc.nat(40), { maxLength: 4 }),
    again: fc.array(fc.nat(40), { maxLength: 6 }),
    poison: fc.array(fc.nat(40), { maxLength: 3 }),
    partitions: fc.integer({ min: 2, max: 6 }),
    size: fc.integer({ min: 1, max: 6 }),
  });

  it('I4, I6: two owners in groups leave what single batches leave, with poison, gaps and repeats', async () => {
    await fc.assert(
      fc
        .asyncProperty(aHistory, async ({ leads, late, again, poison, partitions, size }) => {
          const all: JourneyEvent[] = [
            ...leads.flatMap((versions, n) => leadStream(`lead-${n}`, versions)),
            ...someTouches.slice(0, 12),
            ...leads.map((_, n) => linked(`l${n}`, 'same-person', `p${n}`, `p${n + 1}`, null)),
          ];
          const pick = (places: readonly number[]) => new Set(places.map((n) => all[n % all.length]));
          const [isLate, isPoison] = [pick(late), new Set([...pick(poison)].map((event) => event?.id))];
          const options = { poison: ({ id }: JourneyEvent) => isPoison.has(id) };
          const log = await bench.log(partitions);
          await sendEvents(log, [
            ...all.filter((event) => !isLate.has(event)),
            ...[...pick(again)].flatMap((event) => event ?? []),
            ...all.filter((event) => isLate.has(event)),
          ]);
          const mine = named(options);
          const pair = [await bench.runner(log, mine), await bench.runner(log, mine)] as const;
          await Promise.all(pair.map((runner) => runTogether(runner, log, size)));
          const single = await bench.runner(log, named(options));
          await runSingly(single, log);
          expect(await pair[0].digests('full')).toEqual(await single.digests('full'));
          expect(await pair[0].accounting()).toEqual(await single.accounting());
          expect((await single.accounting()).every(({ balanced }) => balanced)).toBe(true);
        })
        .afterEach(() => bench.closeRunners()),
      { numRuns: 8 },
    );
  }, 180_000);

  it('I5: a group passes over a position that somebody holds, and one that was moved', async () => {
    const log = await bench.log(3);
    const runner = await bench.runner(log, named());
    await sendEvents(log, someTouches);
    const [held, stale, free] = (await batchesOf(log, TOUCHES)) as [Batch, Batch, Batch];
    await runner.applyBatch(stale);
    const { schema } = await runner.live();
    const fence = { schema, states: ['live'] as const };
    await bench.database.transaction(async (holder) => {
      await holder.query(`select 1 from ${schema}.position where topic = $1 and partition = $2 for update`, [
        TOUCHES,
        held.partition,
      ]);
      const moved = await bench.database.transaction((tx) =>
        runner.applier.applyFree(tx, fence, [held, stale, free], NO_LIMITS),
      );
      expect([...moved.keys()].map(({ partition }) => partition)).toEqual([free.partition]);
    });
    expect(await entries(runner)).toBe(stale.records.length + free.records.length);
  });

  it('I5: a stale batch is told to its own caller only', async () => {
    const log = await bench.log(3);
    const runner = await bench.runner(log, named());
    await sendEvents(log, someTouches);
    const batches = await batchesOf(log, TOUCHES);
    const [first] = batches as [Batch];
    await runner.applyBatch(first);
    const results = await Promise.allSettled(batches.map((batch) => runner.applyBatch(batch)));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    await expect(runner.applyBatch(first)).rejects.toThrow(StaleOwner);
    expect(await entries(runner)).toBe(someTouches.length);
  });

  it('I5: a frozen owner of one partition stops none of the others, and writes nothing', async () => {
    const holds = { touches: 20 };
    const log = await bench.log(3);
    const mine = named();
    const runner = await bench.runner(log, mine);
    await sendEvents(log, ownedEvents({ holds }));
    const batches = await batchesOf(log, TOUCHES);
    const held = batches[0]?.partition ?? 0;
    const task = { url: bench.url, name: mine.name, topic: TOUCHES, partition: held, partitions: 3 };
    const owner = new Owner({ ...task, holds, linger: true });
    owners.push(owner);
    expect(await owner.hear()).toBe('ready');
    owner.go();
    expect(await owner.hear()).toBe('in-transaction');
    owner.freeze();
    const order: number[] = [];
    await Promise.all(
      batches.map((batch) => runner.applyBatch(batch).then(() => order.push(batch.partition))),
    );
    expect(order.at(-1)).toBe(held);
    owner.thaw();
    expect(await owner.hear()).toMatch(/^failed/);
    expect(await entries(runner)).toBe(20);
  });

  it('I5: who holds the identity holds up the batches that speak of it, not those beside them', async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, named());
    const { schema } = await runner.live();
    await sendEvents(log, [touch('t', 'v'), linked('l', 'same-person', 'a', 'b', null)]);
    const [touches] = (await batchesOf(log, TOUCHES)) as [Batch];
    const [links] = (await batchesOf(log, 'journey.identities')) as [Batch];
    const { waiting } = await bench.database.transaction(async (holder) => {
      await holder.query(`select pg_advisory_xact_lock(hashtextextended('projection.identity:' || $1, 0))`, [
        schema,
      ]);
      const speaking = runner.applyBatch(links);
      await runner.applyBatch(touches);
      expect(await entries(runner)).toBe(1);
      return { waiting: speaking };
    });
    await waiting;
    expect(await entries(runner)).toBe(2);
  });

  it('I3, I7: a partition over its limits halts by itself', async () => {
    const log = await bench.log(3);
    const streams = Array.from({ length: 9 }, (_, n) => leadStream(`lead-${n}`, 3));
    const begun = streams.flatMap((stream) => stream.slice(0, 1));
    const gapped = streams.flatMap((stream) => stream.slice(2));
    await sendEvents(log, begun);
    const isPoison = (id: string | undefined) => /^t\d*[0-4]$/.test(id ?? '');
    const poison = ({ sourceId }: JourneyEvent) => isPoison(sourceId);
    const limits = { gapKeys: 2, poisonKeys: 4 };
    const runner = await bench.runner(log, named({ poison }), { limits });
    await runner.runOnce();
    const from = await bench.rows<{ partition: number; next: string }>(
      runner,
      `select partition, next_offset as next from position where topic = '${LEADS}'`,
    );
    await sendEvents(log, [...gapped, ...someTouches]);
    const behind = (await batchesOf(log, LEADS)).map((batch) => ({
      ...batch,
      records: batch.records.filter(
        ({ offset }) => offset >= BigInt(from.find((it) => it.partition === batch.partition)?.next ?? 0),
      ),
    }));
    const batches = [
      ...(await batchesOf(log, TOUCHES)),
      ...behind.filter(({ records }) => records.length > 0),
    ];
    const results = await Promise.allSettled(batches.map((batch) => runner.applyBatch(batch)));
    const over = batches.map(({ topic, records }) =>
      topic === LEADS
        ? records.length > 2
        : records.filter(({ headers }) => isPoison(headers['ce_id'])).length > 4,
    );
    expect(results.map(({ status }) => status === 'rejected')).toEqual(over);
    expect(new Set(over)).toEqual(new Set([true, false]));
    for (const it of results) if (it.status === 'rejected') expect(it.reason).toBeInstanceOf(PartitionHalted);
    expect((await runner.accounting()).every(({ balanced }) => balanced)).toBe(true);
  });
});
