import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId, fromRecord } from '@throughline/contracts';
import { memoryLog, readAll } from '@throughline/log';
import { touches } from '../src/testing/facts.ts';
import { oneProcess, type OneProcess } from '../src/testing/one-process.ts';

const CEILING = 4;
const CALLS = 300;

describe('facts past what the services can bear', () => {
  const log = memoryLog();
  let services: OneProcess;
  beforeAll(async () => {
    services = await oneProcess({ log, limits: { requests: CEILING } });
  });
  afterAll(async () => {
    await services.stop();
    await log.close();
  });

  const door = () => `${services.client.urls.touches}/v1/events`;
  const headers = { 'content-type': 'application/cloudevents+json' };
  const post = (fact: object) => fetch(door(), { method: 'POST', headers, body: JSON.stringify(fact) });
  const accounting = async () =>
    (await (await fetch(`${services.client.urls.touches}/v1/accounting`)).json()) as Record<string, number>;

  async function onTheLog(): Promise<Set<string>> {
    const ids = new Set<string>();
    for await (const { records } of readAll(log, 'journey.touches'))
      for (const record of records) ids.add(fromRecord(record).id);
    return ids;
  }

  it('I1, I6: are taken or turned away, each as it was answered, and both are counted', async () => {
    const facts = touches('crowd', CALLS);
    const answers = await Promise.all(
      facts.map(async (fact) => {
        const { status, headers: said } = await post(fact);
        return { id: eventId(fact.source, fact.id), status, after: said.get('retry-after') };
      }),
    );
    const taken = answers.filter(({ status }) => status === 202);
    const away = answers.filter(({ status, after }) => status === 503 && after === '2');
    expect([taken.length + away.length, taken.length > 0, away.length > 0]).toEqual([CALLS, true, true]);
    const ids = await onTheLog();
    expect([ids.size, taken.filter(({ id }) => !ids.has(id))]).toEqual([taken.length, []]);
    expect(await accounting()).toMatchObject({
      ...{ received: CALLS, accepted: taken.length, quarantined: 0, refused: away.length },
    });
  });

  it('I1: are all taken once their callers come back as they were asked to, without help', async () => {
    const facts = touches('again', 12);
    const sent = facts.map(({ source, id, time, data }) => ({
      ...({ kind: 'fact', name: 'touch.recorded', source, id, occurredAt: time, data } as const),
      ...({ precision: 'instant', inferred: [] } as const),
    }));
    const outcomes = await Promise.all(sent.map((fact) => services.client.facts([fact])));
    expect(outcomes.flat()).toEqual(sent.map(() => ({ taken: true })));
    await services.settled();
    expect(await services.journeys.accounting()).toMatchObject({ parked: 0, balanced: true });
    const { received = 0, accepted = 0, quarantined = 0, refused = 0 } = await accounting();
    expect(received).toBe(accepted + quarantined + refused);
  });
});
