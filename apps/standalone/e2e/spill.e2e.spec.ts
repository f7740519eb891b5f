import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventId, fromRecord } from '@throughline/contracts';
import { readAll, type Log } from '@throughline/log';
import { eventually, TcpProxy, testBrokers } from '@throughline/log/testing';
import { touches } from '../src/testing/facts.ts';
import { oneProcess, type OneProcess } from '../src/testing/one-process.ts';
import { describeOnKafka, testKafka } from '../src/testing/test-logs.ts';

const TOPIC = 'journey.touches';
type Fact = ReturnType<typeof touches>[number];

describeOnKafka('facts while the broker fails', () => {
  let proxy: TcpProxy;
  let log: Log;
  let doorLog: Log;
  let services: OneProcess;

  beforeAll(async () => {
    proxy = await proxyToBroker();
    const prefix = randomUUID();
    log = testKafka(prefix);
    doorLog = testKafka(prefix, {
      socketFactory: ({ onConnect }) => connect(proxy.port, '127.0.0.1', onConnect),
    });
    services = await oneProcess({ log, doorLog });
    for (const fact of touches('first', 3)) await post(fact);
    await services.settled();
  });
  afterAll(async () => {
    await services.stop();
    await Promise.all([log.close(), doorLog.close()]);
    await proxy.stop();
  });

  /** @returns whether it went to the log at once, or waits in the outbox */
  async function post(fact: Fact): Promise<'log' | 'outbox'> {
    const response = await fetch(`${services.client.urls.touches}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/cloudevents+json' },
      body: JSON.stringify(fact),
    });
    const answer = (await response.json()) as { id: string; position: unknown };
    expect([response.status, answer.id]).toEqual([202, idOf(fact)]);
    return answer.position === null ? 'outbox' : 'log';
  }

  /** A busy machine may let a fact or two go through the outbox first. */
  async function straightToTheLog(label: string): Promise<void> {
    const facts = touches(label, 1_000).values();
    await eventually('facts to go straight to the log again', async () => {
      return (await post(facts.next().value as Fact)) === 'log';
    });
    await services.settled();
  }

  async function onTheLog(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { records } of readAll(log, TOPIC)) ids.push(...records.map((it) => fromRecord(it).id));
    return ids;
  }

  it('I1: a reply cut after the append is a 202 and exactly one duplicate', async () => {
    const before = await services.journeys.accounting();
    const [fact] = touches('reply-cut', 1) as [Fact];
    proxy.dropReplies();
    expect(await post(fact)).toBe('outbox');
    await services.settled();
    const times = (await onTheLog()).filter((id) => id === idOf(fact)).length;
    expect(times).toBe(2);
    expect(await services.journeys.accounting()).toEqual({
      ...{ accepted: before.accepted + 2, applied: before.applied + 1, duplicates: before.duplicates + 1 },
      ...{ parked: 0, balanced: true },
    });
  });

  it('I1: with the broker away every fact is a 202, and all of it is applied once the broker is back', async () => {
    await straightToTheLog('before');
    const before = await services.journeys.accounting();
    await proxy.stop();
    const facts = touches('away', 40);
    for (const fact of facts) expect(await post(fact)).toBe('outbox');
    expect(await onTheLog()).not.toContain(idOf(facts[0] as Fact));

    proxy = await proxyToBroker();
    await services.settled();
    const ids = new Set(await onTheLog());
    expect(facts.filter((fact) => !ids.has(idOf(fact)))).toEqual([]);
    const after = await services.journeys.accounting();
    expect(after).toMatchObject({ applied: before.applied + facts.length, balanced: true, parked: 0 });
    expect((await services.journeys.verify()).equal).toBe(true);
    await straightToTheLog('after');
  });
});

const idOf = ({ source, id }: Fact) => eventId(source, id);

async function proxyToBroker(): Promise<TcpProxy> {
  const [host = '', port = ''] = (testBrokers()[0] ?? '').split(':');
  return TcpProxy.start({ host, port: Number(port) });
}
