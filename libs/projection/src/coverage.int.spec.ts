import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRecord } from '@throughline/contracts';
import { Bench, exampleProjection, leadStream, sendEvents, touch } from './testing/index.ts';

describe('a verification accounts for the whole log', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('coverage');
  });
  afterAll(() => bench.end());

  const started = async () => {
    const log = await bench.log(1);
    const runner = await bench.runner(log, { ...exampleProjection(), name: `coverage_${(count += 1)}` });
    return { log, runner };
  };

  it('F2, I6: is complete where each record is applied, a duplicate, or parked', async () => {
    const { log, runner } = await started();
    const [first, second, third] = leadStream('lead-1', 3);
    if (!first || !second || !third) throw new TypeError('no events');
    await sendEvents(log, [first, first, third, touch('t1', 'v1')]);
    await log.send('journey.touches', [{ ...toRecord(touch('t2', 'v2')), value: Buffer.from('{') }]);
    await runner.runOnce();
    const found = await runner.verify();
    expect(found).toMatchObject({ equal: true, complete: true });
    const sums = found.coverage.reduce(
      (sum, each) => ({
        applied: sum.applied + each.applied,
        duplicates: sum.duplicates + each.duplicates,
        parked: sum.parked + each.parked,
        marks: sum.marks + Number(each.high - each.low),
      }),
      { applied: 0, duplicates: 0, parked: 0, marks: 0 },
    );
    expect(sums).toEqual({ applied: 2, duplicates: 1, parked: 2, marks: 5 });
  });

  it('F2: says of records that were not read where they are and why, and calls nothing proven', async () => {
    const { log, runner } = await started();
    await sendEvents(log, [touch('t1', 'v1'), ...leadStream('lead-1', 1)]);
    await runner.runOnce();
    await sendEvents(log, leadStream('lead-2', 3));
    const owned = [{ topic: 'journey.leads', partition: 0, halted: 'a batch cannot be read' }];
    const found = await runner.verify({ idleMs: 0, owned });
    expect(found).toMatchObject({ equal: true, complete: false });
    expect(found.coverage.filter(({ complete }) => !complete)).toEqual([
      expect.objectContaining({
        ...{ topic: 'journey.leads', partition: 0, high: 4n, behind: 3n, accepted: 1 },
        halted: 'a batch cannot be read',
      }),
    ]);
  });

  it('F2: waits for a projection that is coming up with the log', async () => {
    const { log, runner } = await started();
    await sendEvents(log, [touch('t1', 'v1')]);
    const verified = runner.verify({ idleMs: 600_000 });
    await runner.runOnce();
    expect(await verified).toMatchObject({ equal: true, complete: true });
  });
});
