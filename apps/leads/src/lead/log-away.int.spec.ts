import { afterEach, describe, expect, it } from '@jest/globals';
import { sampleEvent, toRecord } from '@throughline/contracts';
import { LogUnavailable, type Log } from '@throughline/log';
import { TopicCheck } from '@throughline/service';
import { runningLeads, type RunningLeads } from '../testing/running-leads.ts';

describe('leads whose log is away when they start (fault 6)', () => {
  let service: RunningLeads;
  let check: TopicCheck;
  let away = true;
  afterEach(async () => {
    await check.stop();
    await service.drop();
  });

  const seen = (log: Log): Log => {
    const checkTopics = async () => {
      if (away) throw new LogUnavailable('journey.leads', 'the broker is not there');
    };
    const topics = ['journey.leads', 'journey.opportunities'];
    check = new TopicCheck({
      log: Object.assign(Object.create(log) as Log, { checkTopics }),
      ...{ topics, partitions: 3, refused: () => undefined },
    });
    return check.log;
  };

  it('I1 stores decisions, says what is degraded, and relays and reacts once the log is there', async () => {
    service = await runningLeads(() => new Date('2026-03-02T12:00:00Z'), seen);
    const captured = await service.post('/v1/leads', { id: 'lead-1', data: {} });
    expect(captured.status).toBe(200);
    expect((await service.get('/health/ready')).status).toBe(200);
    expect(await service.get('/health/fresh')).toMatchObject({
      status: 503,
      body: { checks: { 'leads.reactor': { ok: false, detail: { waitsFor: expect.any(String) } } } },
    });
    await expect(service.workers.relay.runOnce()).rejects.toThrow(LogUnavailable);

    away = false;
    expect(await check.runOnce()).toBe(true);
    expect(await service.workers.reacting.runOnce()).toBe(true);
    expect((await service.published()).map(({ key }) => key)).toEqual(['lead-1']);
    const event = sampleEvent('opportunity.opened', { data: { opportunity: 'deal-1', leads: ['lead-1'] } });
    await service.log.send('journey.opportunities', [toRecord(event)]);
    expect(await service.workers.reactor.waitFor(`e.${event.id}`, 10_000)).toBe('applied');
    expect((await service.get('/v1/leads/lead-1')).body).toMatchObject({ state: { situation: 'converted' } });
    expect((await service.get('/health/fresh')).status).toBe(200);
  });
});
