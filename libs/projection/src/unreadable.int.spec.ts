import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRecord, type JourneyEvent } from '@throughline/contracts';
import type { Log, NewRecord } from '@throughline/log';
import type { ProjectionRunner } from './index.ts';
import { Bench, exampleProjection, leadStream, touch } from './testing/index.ts';

describe('what a projection does with versions that cannot be read', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('unreadable');
  });
  afterAll(() => bench.end());

  const because = { reason: 'cannot be read', by: 'ada' };
  const broken = (record: NewRecord): NewRecord => ({ ...record, value: Buffer.from('{') });
  const records = (versions: number) =>
    leadStream('lead-1', versions).map((event: JourneyEvent) => toRecord(event));
  /** The versions of one stream in the order given, the negative ones unreadable. */
  const send = async (log: Log, versions: readonly number[]) => {
    const all = records(11);
    await log.send(
      'journey.leads',
      versions.flatMap((version) => {
        const record = all[Math.abs(version) - 1];
        return record ? [version < 0 ? broken(record) : record] : [];
      }),
    );
  };
  const started = async (versions: readonly number[], batchSize?: number) => {
    const log = await bench.log(1);
    const projection = { ...exampleProjection(), name: `unreadable_${(count += 1)}` };
    const runner = await bench.runner(log, projection);
    await send(log, versions);
    await runner.runOnce(batchSize);
    return { log, runner };
  };
  const states = async (runner: ProjectionRunner) =>
    (await runner.parked.list({ limit: 100 })).events.map(({ stream, version, state, code }) =>
      [stream, version, state, code].join(' '),
    );
  const head = (runner: ProjectionRunner) =>
    bench.rows(runner, `select version from lead where lead = 'lead-1'`);
  const agrees = async (runner: ProjectionRunner) => {
    expect((await runner.accounting()).every(({ balanced }) => balanced)).toBe(true);
    expect(await runner.verify()).toMatchObject({ equal: true });
    expect(await runner.rebuild()).toMatchObject({ equal: true, switched: true });
  };

  it.each([[1], [1000]])(
    'I3/I7: a version given up unread lets its stream go on, live, verified and rebuilt (batches of %i)',
    async (batchSize) => {
      const { log, runner } = await started([1, 2, 3, -4, 5, 6, 7, 8, 9, 10], batchSize);
      expect((await states(runner)).slice(0, 2)).toEqual([
        'lead-1 4 poison bad-json',
        'lead-1 5 queued behind',
      ]);
      expect(await runner.parked.discard('p.journey.leads.0.3', because)).toEqual({ applied: 6, left: 0 });
      expect(await states(runner)).toEqual(['lead-1 4 discarded discarded']);
      await send(log, [11]);
      await runner.runOnce();
      expect(await head(runner)).toEqual([{ version: 11 }]);
      await agrees(runner);
    },
  );

  it('I3/I7: an unreadable version that others wait for already can be given up, and they go on', async () => {
    const { runner } = await started([1, 3, -2, 4]);
    expect(await states(runner)).toEqual([
      'lead-1 3 gap waiting-for-version',
      'lead-1 2 poison bad-json',
      'lead-1 4 queued behind',
    ]);
    await agrees(runner);
    expect(await runner.parked.discard('p.journey.leads.0.2', because)).toEqual({ applied: 2, left: 0 });
    expect(await head(runner)).toEqual([{ version: 4 }]);
    await agrees(runner);
  });

  it('I3/I7: one given up once its turn had come waits for its turn again in a rebuild', async () => {
    const { runner } = await started([1, 4, -3, 2]);
    expect(await states(runner)).toEqual(['lead-1 4 gap waiting-for-version', 'lead-1 3 poison bad-json']);
    expect(await runner.parked.discard('p.journey.leads.0.2', because)).toEqual({ applied: 1, left: 0 });
    expect(await head(runner)).toEqual([{ version: 4 }]);
    await agrees(runner);
  });

  it('I3: one given up before its turn takes no version, and its reemit can be given up then', async () => {
    const { log, runner } = await started([1, -3, 2, 4]);
    expect(await runner.parked.discard('p.journey.leads.0.1', because)).toEqual({ applied: 1, left: 1 });
    await agrees(runner);
    await send(log, [-3]);
    await runner.runOnce();
    expect(await runner.parked.discard('p.journey.leads.0.4', because)).toEqual({ applied: 1, left: 0 });
    expect(await head(runner)).toEqual([{ version: 4 }]);
    await agrees(runner);
  });

  it('I7: what claims the version of a stream that is not its key takes none', async () => {
    const { log, runner } = await started([1]);
    const [, second] = records(2);
    if (!second) throw new TypeError('no event');
    await log.send('journey.leads', [
      { ...second, key: 'lead-2' },
      { ...second, headers: { ...second.headers, ce_streamversion: '3000000000' } },
    ]);
    await log.send('journey.touches', [
      { ...broken(toRecord(touch('t1', 'v1'))), headers: { ce_stream: '\0' } },
    ]);
    await runner.runOnce();
    expect(await states(runner)).toEqual([
      '  poison bad-record',
      '  poison unreadable',
      '  poison bad-record',
    ]);
    for (const place of ['leads.0.1', 'leads.0.2', 'touches.0.0']) {
      const given = await runner.parked.discard(`p.journey.${place}`, because);
      expect(given).toEqual({ applied: 0, left: 0 });
    }
    await send(log, [2]);
    await runner.runOnce();
    expect(await head(runner)).toEqual([{ version: 2 }]);
    await agrees(runner);
  });
});
