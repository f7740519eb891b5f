import { Agent } from 'node:http';
import { createHistogram } from 'node:perf_hooks';
import type { Bench, BenchContext } from '../bench.ts';
import { exchange, isOk, type Answer } from '../load/exchange.ts';
import { load, percentiles, record } from '../load/load.ts';
import { singleTouch } from '../system/requests.ts';
import { servicesApart, standalone, type System } from '../system/system.ts';

const RATE = 500;
/** Each of these asks for its event on the read side: 20 a second, which is load as well. */
const EVERY = 25;
const WARM_UP_SECONDS = 5;
const TIMEOUT_MS = 10_000;

export const freshnessBench: Bench = {
  name: 'freshness',
  what: `from the sending of a fact to its journey that shows it, at ${RATE} facts a second, each a request`,
  needs: ['postgres'],
  async run(context) {
    const embedded = await standalone(context, await context.folder('embedded'));
    await measure(context, 'one process, embedded log', embedded);
    const kafka = await context.ownKafka('services apart, Kafka');
    if (kafka === null) return;
    const apart = await servicesApart(context, await context.folder('apart'), kafka);
    await measure(context, 'services apart, Kafka', apart);
    await kafka.stop();
  },
};

/**
 * Sends single facts open-loop; of one in 25 asks the journey of its visitor, with the `after` of the answer, as a
 * caller does who reads its own write. The time runs from the instant the fact was to be sent until an answer that
 * holds it, so it has everything in it: waiting for a connection, intake, log, projection, the wake-up of the query.
 */
async function measure(context: BenchContext, name: string, system: System): Promise<void> {
  const seconds = Math.max(2, 20 * context.scale);
  const { urls } = system.client;
  const ask = { url: urls.touches, rate: RATE };
  context.report.progress(`${name}: warm-up of ${WARM_UP_SECONDS} s`);
  await load({ ...ask, seconds: WARM_UP_SECONDS, request: singleTouch('warm') });

  context.report.progress(`${name}: ${seconds} s at ${RATE} facts a second`);
  const reader = new URL(urls.journeys);
  const agent = new Agent({ keepAlive: true });
  const fresh = createHistogram();
  const reads: Promise<void>[] = [];
  let unseen = 0;
  const read = async (n: number, { status, body }: Answer, intended: number) => {
    const visible = isOk(status) && (await isVisible(agent, reader, `fresh-${n}-0`, body));
    if (visible) record(fresh, performance.now() - intended);
    else unseen++;
  };
  const sent = await load({
    ...ask,
    seconds,
    request: singleTouch('fresh'),
    answered: (n, answer, intended) => void (n % EVERY === 0 && reads.push(read(n, answer, intended))),
  });
  await Promise.all(reads);
  agent.destroy();
  await system.stop();
  const { p50, p95, p99, max } = percentiles(fresh);
  const ms = (value: number) => ({ value, unit: 'ms' });
  context.measure(name, {
    'sent to queryable, p50': ms(p50),
    'sent to queryable, p95': { ...ms(p95), atMost: 250 },
    'sent to queryable, p99': { ...ms(p99), atMost: 1000 },
    'sent to queryable, greatest': ms(max),
    'asked and not seen': { value: unseen, atMost: 0 },
    'accepted a second': sent.okPerSecond,
    'sent to accepted, p95': ms(sent.okLatency.p95),
    'driver late, p99': ms(sent.startedLate.p99),
  });
}

async function isVisible(agent: Agent, reader: URL, visitor: string, accepted: string): Promise<boolean> {
  const { id, after } = JSON.parse(accepted) as { id: string; after: string };
  const path = `/v1/journeys/visitor/${visitor}?wait=10&after=${encodeURIComponent(after)}`;
  const answer = await exchange(agent, reader, { method: 'GET', path, headers: {}, body: null }, TIMEOUT_MS);
  return isOk(answer.status) && answer.body.includes(id);
}
