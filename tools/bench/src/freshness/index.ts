import { Agent } from 'node:http';
import { createHistogram } from 'node:perf_hooks';
import type { Bench, BenchContext } from '../bench.ts';
import { exchange, isOk, type Answer } from '../load/exchange.ts';
import { load, percentiles, record } from '../load/load.ts';
import { touches } from '../system/requests.ts';
import { settled } from '../system/settled.ts';
import { servicesApart, standalone, type System } from '../system/system.ts';

/** facts a second */
const RATE = 500;
/** Of so many requests a second the first fact is asked for on the read side, which is load as well. */
const ASKED = 20;
/** facts in a request */
const SIZES = [10, 1];
const WARM_UP_SECONDS = 5;
const TIMEOUT_MS = 10_000;
const CATCH_UP_SECONDS = 60;

export const freshnessBench: Bench = {
  name: 'freshness',
  what: `from the sending of a fact to its journey that shows it, at ${RATE} facts a second, in tens and singly`,
  needs: ['postgres'],
  async run(context) {
    const embedded = await standalone(context, await context.folder('embedded'));
    for (const size of SIZES) await measure(context, 'one process, embedded log', embedded, size);
    await embedded.stop();
    const kafka = await context.ownKafka('services apart, Kafka');
    if (kafka === null) return;
    const apart = await servicesApart(context, await context.folder('apart'), kafka);
    for (const size of SIZES) await measure(context, 'services apart, Kafka', apart, size);
    await apart.stop();
    await kafka.stop();
  },
};

/**
 * Sends facts open-loop; of some asks the journey of the visitor, with the `after` of the answer, as a caller does who
 * reads its own write. The time runs from the instant the fact was to be sent until an answer that holds it, so it has
 * everything in it: waiting for a connection, intake, log, projection, the wake-up of the query.
 */
async function measure(context: BenchContext, where: string, system: System, size: number): Promise<void> {
  const name = `${where}, ${size === 1 ? 'singly' : `${size} a request`}`;
  const seconds = Math.max(2, 20 * context.scale);
  const every = Math.max(1, Math.round(RATE / size / ASKED));
  const { urls } = system.client;
  const ask = { url: urls.touches, rate: RATE / size };
  context.report.progress(`${name}: warm-up of ${WARM_UP_SECONDS} s`);
  await load({ ...ask, seconds: WARM_UP_SECONDS, request: touches(`warm-${size}`, size) });
  await settled(system.client, CATCH_UP_SECONDS);

  context.report.progress(`${name}: ${seconds} s at ${RATE} facts a second`);
  const label = `fresh-${size}`;
  const reader = new URL(urls.journeys);
  const agent = new Agent({ keepAlive: true });
  const fresh = createHistogram();
  const reads: Promise<void>[] = [];
  let unseen = 0;
  const read = async (n: number, { status, body }: Answer, intended: number) => {
    const visible = isOk(status) && (await isVisible(agent, reader, `${label}-${n}-0`, body));
    if (visible) record(fresh, performance.now() - intended);
    else unseen++;
  };
  const sent = await load({
    ...ask,
    seconds,
    request: touches(label, size),
    answered: (n, answer, intended) => void (n % every === 0 && reads.push(read(n, answer, intended))),
  });
  await Promise.all(reads);
  agent.destroy();
  await settled(system.client, CATCH_UP_SECONDS);
  const { p50, p95, p99, max } = percentiles(fresh);
  const ms = (value: number) => ({ value, unit: 'ms' });
  context.measure(name, {
    'sent to queryable, p50': ms(p50),
    'sent to queryable, p95': { ...ms(p95), atMost: 250 },
    'sent to queryable, p99': { ...ms(p99), atMost: 1000 },
    'sent to queryable, greatest': ms(max),
    'asked and not seen': { value: unseen, atMost: 0 },
    'accepted a second': { value: sent.okPerSecond * size, unit: 'facts' },
    'sent to accepted, p95': ms(sent.okLatency.p95),
    'driver late, p99': ms(sent.startedLate.p99),
  });
}

async function isVisible(agent: Agent, reader: URL, visitor: string, accepted: string): Promise<boolean> {
  const { results } = JSON.parse(accepted) as { results: readonly { id: string; after: string }[] };
  const { id = '', after = '' } = results[0] ?? {};
  const path = `/v1/journeys/visitor/${visitor}?wait=10&after=${encodeURIComponent(after)}`;
  const answer = await exchange(agent, reader, { method: 'GET', path, headers: {}, body: null }, TIMEOUT_MS);
  return isOk(answer.status) && answer.body.includes(id);
}
