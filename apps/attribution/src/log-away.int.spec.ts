import { afterEach, describe, expect, it } from '@jest/globals';
import { LOG_TOPICS } from '@throughline/contracts';
import { LogUnavailable, type Log } from '@throughline/log';
import { TopicCheck } from '@throughline/service';
import { runningAttribution, type RunningAttribution } from './testing/running-attribution.ts';
import { opened, touch, won } from './testing/story.ts';

describe('attribution whose log is away when it starts (fault 6)', () => {
  let service: RunningAttribution;
  let check: TopicCheck;
  let away = true;
  afterEach(async () => {
    await check.stop();
    await service.stop();
  });

  const seen = (log: Log): Log => {
    const checkTopics = async () => {
      if (away) throw new LogUnavailable('journey.attribution', 'the broker is not there');
    };
    check = new TopicCheck({
      log: Object.assign(Object.create(log) as Log, { checkTopics }),
      ...{ topics: LOG_TOPICS, partitions: 3, refused: () => undefined },
    });
    return check.log;
  };

  it('I1 takes definitions, says what is degraded, and concludes and relays once the log is there', async () => {
    service = await runningAttribution({ seen });
    const data = { rule: 'linear', windowDays: 30 };
    expect((await service.ask('/v1/attribution-models/mine/define', 'POST', { data })).status).toBe(200);
    expect(await service.ask('/v1/credit')).toMatchObject({ status: 503, body: { code: 'not-prepared' } });
    expect((await service.ask('/health/ready')).status).toBe(503);
    expect(await service.ask('/health/fresh')).toMatchObject({
      status: 503,
      body: { checks: { 'attribution.reactor': { ok: false, detail: { waitsFor: expect.any(String) } } } },
    });

    away = false;
    expect(await check.runOnce()).toBe(true);
    expect(await service.workers.starting.runOnce()).toBe(true);
    await service.send(
      touch('t-1', '2026-02-20', { account: 'a', channel: 'ads' }),
      ...[opened('d-1', '2026-01-01', 'a'), won('d-1', 2, '2026-03-01', 100)],
    );
    expect((await service.get('/v1/credit?models=mine')).items).toMatchObject([{ key: { channel: 'ads' } }]);
    while ((await service.workers.relay.runOnce()) > 0);
    expect((await service.ask('/health/fresh')).status).toBe(200);
  });
});
