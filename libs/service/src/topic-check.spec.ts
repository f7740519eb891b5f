import { afterEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable, memoryLog, type Log } from '@throughline/log';
import { recordedTelemetry } from '@throughline/telemetry/testing';
import { serve, ServiceLog, TopicCheck, TopicCheckModule, type RunningService } from './index.ts';

const topic = 'journey.leads';
const record = { key: 'k', value: Buffer.from('{}'), headers: {}, timestamp: 0 };

/** A log that is away until `answers` is set. */
function awayLog(): { log: Log; away: { answers: boolean } } {
  const away = { answers: false };
  const inner = memoryLog();
  const log = Object.assign(Object.create(inner) as Log, {
    marks: async (name: string) => {
      if (!away.answers) throw new LogUnavailable(name, 'the broker went away');
      return inner.marks(name);
    },
    checkTopics: async (topics: Parameters<Log['checkTopics']>[0]) => {
      if (!away.answers) throw new LogUnavailable(topic, 'the broker is not there');
      await inner.checkTopics(topics);
    },
  });
  return { log, away };
}

describe('a service whose log is away when it starts (fault 6)', () => {
  let service: RunningService;
  const refusals: unknown[] = [];
  const { telemetry } = recordedTelemetry();

  afterEach(() => service.stop());

  async function started(log: Log): Promise<TopicCheck> {
    refusals.length = 0;
    const check = new TopicCheck({
      ...{ log, topics: [topic], partitions: 3, pauseMs: 5 },
      refused: (error) => void refusals.push(error),
    });
    await check.start();
    service = await serve({
      ...{ modules: [TopicCheckModule.of('leads', check)], title: 'Leads', version: '1', port: 0, telemetry },
      log: new ServiceLog({ service: 'leads', level: 'error' }),
    });
    return check;
  }

  const health = async (kind: string) => {
    const response = await fetch(`${service.url}/health/${kind}`);
    const { checks } = (await response.json()) as { checks?: Record<string, { detail: object }> };
    return { status: response.status, detail: checks?.['leads.log']?.detail };
  };
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise(setImmediate);
  };

  it('F9 is not fresh while its log is away later on, says why, and is fresh again when it is back', async () => {
    const { log, away } = awayLog();
    away.answers = true;
    await log.createTopics([{ name: topic, partitions: 3 }]);
    await started(log);
    expect(await health('fresh')).toMatchObject({ status: 200, detail: { waitsFor: null } });
    away.answers = false;
    expect(await health('fresh')).toMatchObject({
      status: 503,
      detail: { waitsFor: expect.stringContaining('the broker went away') },
    });
    expect((await health('ready')).status).toBe(200);
    away.answers = true;
    expect(await health('fresh')).toMatchObject({ status: 200, detail: { waitsFor: null } });
  });

  it('is live and ready, says what it waits for, and goes on by itself when the log comes', async () => {
    const { log, away } = awayLog();
    const check = await started(log);
    expect((await health('live')).status).toBe(200);
    expect((await health('ready')).status).toBe(200);
    expect(await health('fresh')).toMatchObject({
      status: 503,
      detail: { waitsFor: expect.stringContaining('the broker is not there') },
    });
    await expect(check.log.send(topic, [record])).rejects.toThrow(LogUnavailable);
    away.answers = true; // its topics are made a little later
    await until(() => check.waitsFor?.includes('has no topic') ?? true);
    await log.createTopics([{ name: topic, partitions: 3 }]);
    await until(() => check.waitsFor === null);
    expect(await health('fresh')).toEqual({ status: 200, detail: { waitsFor: null } });
    expect(await check.log.send(topic, [record])).toHaveLength(1);
    expect(refusals).toEqual([]);
  });

  it('is told to stop when the topics then turn out wrong, and has written nothing', async () => {
    const { log, away } = awayLog();
    away.answers = true;
    await log.createTopics([{ name: topic, partitions: 7 }]);
    away.answers = false;
    const check = await started(log);
    away.answers = true;
    await until(() => refusals.length > 0);
    expect(String(refusals[0])).toContain('partitions=7; it must be 3');
    await expect(check.log.send(topic, [record])).rejects.toThrow(LogUnavailable);
    expect(await log.marks(topic)).toEqual(
      Array.from({ length: 7 }, (_, partition) => ({ partition, low: 0n, high: 0n })),
    );
  });

  it('does not start on wrong topics', async () => {
    const log = memoryLog();
    await log.createTopics([{ name: topic, partitions: 7 }]);
    await expect(started(log)).rejects.toThrow('partitions=7; it must be 3');
  });
});
