import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Bench, exampleProjection, leadStream, sendEvents, touch } from './testing/index.ts';

describe('ProjectionRunner', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('runner');
  });
  afterAll(() => bench.end());
  const named = () => ({ ...exampleProjection(), name: `runner_${(count += 1)}` });

  it('applies every event once and answers who waits for it', async () => {
    const log = await bench.log();
    const runner = await bench.runner(log, named());
    const sent = await sendEvents(log, [touch('t1', 'v1'), ...leadStream('lead-1', 3)]);
    const running = await log.subscribe(runner.subscription());
    const last = sent.at(-1)?.placement;
    expect(await runner.waitFor(`p.${last?.topic}.${last?.partition}.${last?.offset}`, 10_000)).toBe(
      'applied',
    );
    expect(await runner.waitFor(`e.${sent[0]?.event.id}`, 10_000)).toBe('applied');
    await running.stop();
    expect(await bench.rows(runner, 'select lead, version, trail from lead')).toEqual([
      { lead: 'lead-1', version: 3, trail: ['lead.captured', 'lead.qualified', 'lead.offered'] },
    ]);
    expect(await bench.rows(runner, 'select visitor from touch')).toEqual([{ visitor: 'v1' }]);
  });
});
