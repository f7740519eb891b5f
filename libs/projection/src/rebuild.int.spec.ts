import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LIMITS, NoPreviousBuild, StaleOwner, VersionNotLive } from './index.ts';
import type { Progress, StableViews } from './index.ts';
import { enter, lock } from './positions.ts';
import {
  Bench,
  described,
  exampleProjection,
  leadStream,
  linked,
  sendEvents,
  touch,
  wholePartition,
} from './testing/index.ts';

const DAY = '2026-03-01T00:00:00.000Z';

describe('verify and rebuild', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('rebuild');
  });
  afterAll(() => bench.end());

  const projection = () => ({ ...exampleProjection(), name: `rebuild_${(count += 1)}` });
  const views = (): StableViews[] => [
    {
      schema: `stable_${count}`,
      views: [
        { name: 'lead_status', sql: 'select lead, version from lead' },
        { name: 'late', sql: `select lead from stable_${count}.lead_status where version > 2` },
      ],
      readers: ['nobody_of_this_name'],
    },
  ];
  const history = [
    ...leadStream('lead-1', 4),
    ...leadStream('lead-2', 2),
    touch('t1', 'v1'),
    described('a1', 'acme', 10, DAY),
    linked('l1', 'visitor-is-person', 'v1', 'p1', DAY),
    linked('l2', 'same-person', 'p1', 'p0', DAY),
    linked('l3', 'person-in-account', 'p0', 'acme', null),
  ];
  const started = async () => {
    const log = await bench.log();
    const mine = projection();
    const stable = views();
    const runner = await bench.runner(log, mine, { views: stable });
    await sendEvents(log, [...history, touch('t1', 'v1')]);
    await runner.runOnce();
    const statuses = async () =>
      (await bench.database.query(`select * from stable_${count}.lead_status order by 1`)).rows;
    return { log, mine, stable, runner, statuses };
  };

  it('I4: verify reads the log from 0 and finds the live tables equal', async () => {
    const { runner } = await started();
    const seen: Progress[] = [];
    const found = await runner.verify({ onProgress: (progress) => seen.push(progress) });
    expect(found.tables.filter(({ equal }) => !equal)).toEqual([]);
    expect(found).toMatchObject({ equal: true, eventsRead: history.length + 1 });
    expect(found.tables.map(({ table }) => table)).toEqual(
      expect.arrayContaining([
        'touch',
        'lead',
        'account',
        'visitor_person',
        'person_alias',
        'membership',
        'entry',
        'repeat',
      ]),
    );
    expect(seen.at(-1)).toMatchObject({
      eventsDone: history.length + 1,
      eventsTotal: history.length + 1,
      secondsLeft: 0,
    });
    const left = await bench.database.query(`select nspname from pg_namespace where nspname like '%verify%'`);
    expect(left.rows).toEqual([]);
  });

  it.each([
    ['lead', 'update lead set version = version + 1 where lead = (select min(lead) from lead)'],
    ['touch', 'update touch set channel = channel || chr(32)'],
    ['account', 'update account set employees = null'],
    ['visitor_person', `update visitor_person set until = '2030-01-01'`],
    ['membership', 'delete from membership'],
    [
      'entry',
      `update entry set occurred_at = occurred_at + interval '1 millisecond' where name = 'touch.recorded'`,
    ],
  ])('I4: verify names %s when a single live cell of it was altered', async (table, damage) => {
    const { runner } = await started();
    await bench.rows(runner, damage);
    const found = await runner.verify();
    expect(found.equal).toBe(false);
    expect(found.tables.filter(({ equal }) => !equal).map((it) => it.table)).toEqual([table]);
  });

  it('I4: a rebuild beside the live version has equal digests, switches the views, and can be gone back from', async () => {
    const { log, runner, statuses } = await started();
    const before = await runner.digests('full');
    const rebuilt = await runner.rebuild();
    expect(rebuilt).toMatchObject({ switched: true, equal: true, eventsRead: history.length + 1 });
    expect((await runner.live()).schema).toBe(rebuilt.schema);
    expect(await runner.digests('full')).toEqual(before);
    await sendEvents(log, leadStream('lead-3', 3));
    await runner.runOnce();
    expect(await statuses()).toHaveLength(3);
    const back = await runner.rollback();
    expect(back).toMatchObject({ switched: true, equal: true, eventsRead: 3 });
    expect((await runner.live()).build).toBe(1);
    expect(await statuses()).toHaveLength(3);
    expect(await runner.verify()).toMatchObject({ equal: true });
  });

  it('goes on while it is rebuilt: what a live runner applies meanwhile is in the new build too', async () => {
    const { log, mine, stable, runner } = await started();
    const other = await bench.runner(log, mine, { views: stable });
    const running = await log.subscribe(other.subscription());
    const sending = sendEvents(
      log,
      Array.from({ length: 300 }, (_, n) => touch(`more-${n}`, `v${n}`)),
    );
    const rebuilt = await runner.rebuild();
    const last = (await sending).at(-1)?.placement;
    expect(rebuilt).toMatchObject({ switched: true, equal: true });
    await sendEvents(log, leadStream('lead-9', 1));
    expect(await other.waitFor(`p.${last?.topic}.${last?.partition}.${last?.offset}`, 20_000)).toBe(
      'applied',
    );
    await other.waitFor(`e.${leadStream('lead-9', 1)[0]?.id}`, 20_000);
    await running.stop();
    expect(await bench.rows(other, 'select count(*)::int as touches from touch')).toEqual([{ touches: 301 }]);
    expect(await other.verify()).toMatchObject({ equal: true });
  });

  it('I4: compares at a snapshot: what is live goes on meanwhile, and the new build has that too', async () => {
    const { log, mine, runner } = await started();
    const meanwhile = () =>
      bench.database.transaction(async (tx) => {
        await tx.query(`lock table ${mine.name}_v1_b2.repeat in access exclusive mode`);
        await bench.someoneWaits();
        await sendEvents(log, [touch('meanwhile', 'v')]);
        expect(await runner.runOnce()).toBe(1);
      });
    let living: Promise<void> | undefined;
    const rebuilt = await runner.rebuild({
      onProgress({ phase }) {
        if (phase === 'comparison') living ??= meanwhile();
      },
    });
    await living;
    expect(rebuilt).toMatchObject({ switched: true, equal: true });
    expect(await bench.rows(runner, 'select count(*)::int as touches from touch')).toEqual([{ touches: 2 }]);
    expect(await runner.verify()).toMatchObject({ equal: true });
  });

  it('I4: compares at a snapshot: what is given up meanwhile is given up in the new build, and no difference', async () => {
    const log = await bench.log(1);
    const { id } = touch('t1', 'v');
    const mine = {
      ...exampleProjection({ poison: (event) => event.id === id }),
      name: `rebuild_${(count += 1)}`,
    };
    const runner = await bench.runner(log, mine);
    await sendEvents(log, [touch('t1', 'v'), touch('t2', 'v')]);
    await runner.runOnce();
    const meanwhile = () =>
      bench.database.transaction(async (tx) => {
        await tx.query(`lock table ${mine.name}_v1_b2.parked in access exclusive mode`);
        await bench.someoneWaits();
        await runner.parked.discard(id, { reason: 'wrong', by: 'ada' });
      });
    let giving: Promise<void> | undefined;
    const rebuilt = await runner.rebuild({
      onProgress({ phase }) {
        if (phase === 'comparison') giving ??= meanwhile();
      },
    });
    await giving;
    expect(rebuilt).toMatchObject({ switched: true, equal: true });
    expect(await runner.parked.counts()).toEqual({ discarded: { events: 1, keys: 1 } });
    expect(await runner.verify()).toMatchObject({ equal: true });
  });

  it('waits for a batch in hand before it compares and switches, and keeps later ones out', async () => {
    const { log, mine, runner } = await started();
    await sendEvents(log, [touch('late', 'v')]);
    const [{ topic, partition } = { topic: '', partition: 0 }] = (await runner.lag()).filter(
      ({ events }) => events > 0n,
    );
    const { next } = await runner.position(topic, partition);
    const batch = await wholePartition(log, topic, partition);
    const rest = { ...batch, records: batch.records.slice(Number(next)) };
    const held = Promise.withResolvers<null>();
    const inHand = Promise.withResolvers<null>();
    const fence = await runner.live();
    const applying = bench.database.transaction(async (tx) => {
      await runner.applier.apply(tx, fence, rest, LIMITS);
      inHand.resolve(null);
      await held.promise;
    });
    await Promise.race([inHand.promise, applying]);
    const rebuilding = (await bench.runner(log, mine)).rebuild();
    await bench.someoneWaits();
    held.resolve(null);
    await applying;
    expect(await rebuilding).toMatchObject({ switched: true, equal: true });
    expect(await bench.rows(runner, 'select count(*)::int as touches from touch')).toEqual([{ touches: 2 }]);
  });

  it('gets through to the switch although batches of other partitions overlap without a pause', async () => {
    const { runner } = await started();
    const fence = await runner.live();
    let switched = false;
    const overlap = async (partition: number): Promise<void> => {
      while (!switched) {
        await bench.database.transaction(async (tx) => {
          await enter(tx, fence.schema);
          await lock(tx, fence, 'journey.touches', partition);
          await tx.query('select pg_sleep($1)', [0.05 + partition / 100]);
        });
      }
    };
    const busy = Promise.allSettled([0, 1, 2].map(overlap));
    const rebuilt = await runner.rebuild().finally(() => (switched = true));
    expect(rebuilt).toMatchObject({ switched: true, equal: true });
    const failed = (await busy).flatMap((it) => (it.status === 'rejected' ? [it.reason as unknown] : []));
    expect(failed.filter((reason) => !(reason instanceof StaleOwner))).toEqual([]);
  }, 20_000);

  it('does not switch to a build that came out different, unless it is to repair', async () => {
    const { runner, statuses } = await started();
    await bench.rows(runner, `update lead set version = 77 where lead = 'lead-1'`);
    expect(await runner.rebuild()).toMatchObject({ switched: false, equal: false });
    expect(await statuses()).toContainEqual({ lead: 'lead-1', version: 77 });
    expect(await runner.rebuild({ evenIfDifferent: true })).toMatchObject({ switched: true, equal: false });
    expect(await statuses()).toContainEqual({ lead: 'lead-1', version: 4 });
  });

  it('carries what is parked and what was given up into the new build', async () => {
    const log = await bench.log(1);
    const [v1, v2, v3] = leadStream('lead-1', 3);
    const name = `rebuild_${(count += 1)}`;
    const runner = await bench.runner(log, {
      ...exampleProjection({ poison: ({ id }) => id === v2?.id || id === touch('t1', 'v').id }),
      name,
    });
    await sendEvents(
      log,
      [v1, v2, v3, touch('t1', 'v')].flatMap((event) => event ?? []),
    );
    await runner.runOnce();
    await runner.parked.discard(v2?.id ?? '', { reason: 'wrong', by: 'ada' });
    const before = await runner.parked.counts();
    expect(await runner.rebuild()).toMatchObject({ switched: true, equal: true });
    expect(await runner.parked.counts()).toEqual(before);
    expect(before).toEqual({ discarded: { events: 1, keys: 1 }, poison: { events: 1, keys: 1 } });
  });

  it('I5: a program of another version writes nothing until a rebuild made its version live', async () => {
    const { log, mine, stable, runner: old } = await started();
    const next = await bench.runner(log, { ...mine, version: 2 }, { views: stable });
    await sendEvents(log, leadStream('lead-4', 1));
    await expect(next.runOnce()).rejects.toThrow(VersionNotLive);
    expect(await next.rebuild()).toMatchObject({ switched: true });
    await expect(next.rollback()).rejects.toThrow(NoPreviousBuild);
    await expect(old.runOnce()).rejects.toThrow(VersionNotLive);
    expect(await next.runOnce()).toBe(1);
    expect(await next.verify()).toMatchObject({ equal: true });
  });
});
