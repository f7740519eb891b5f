import type { Bench, BenchContext } from '../bench.ts';
import type { Request } from '../load/exchange.ts';
import { load, saturate } from '../load/load.ts';
import { singleTouch, touches } from '../system/requests.ts';
import { isLinux } from '../system/process.ts';
import { openDoor, type Door } from './door.ts';

const OPEN_LOOP_PART = 0.7;
const WARM_UP_SECONDS = 3;

interface Way {
  readonly name: string;
  /** facts in one request */
  readonly size: number;
  /** callers that each wait for their answer, where the held rate is looked for */
  readonly callers: number;
  /** facts a second for each core used */
  readonly goal: number;
  request(label: string): (n: number) => Request;
}

const ways: readonly Way[] = [
  {
    name: 'batches of 100',
    size: 100,
    callers: 8,
    goal: 5_000,
    request: (label) => touches(label, 100),
  },
  { name: 'singly', size: 1, callers: 32, goal: 1_500, request: singleTouch },
];

export const intakeBench: Bench = {
  name: 'intake',
  what: 'facts by HTTP, durable before the answer, in batches and singly: what is held, and how long 70 % of it takes',
  needs: ['postgres'],
  async run(context) {
    await measureAt(context, 'embedded log', await openDoor(context, null));
    const kafka = await context.ownKafka('intake over Kafka');
    if (kafka === null) return;
    await measureAt(context, 'Kafka', await openDoor(context, kafka));
    await kafka.stop();
  },
};

async function measureAt(context: BenchContext, log: string, door: Door): Promise<void> {
  for (const way of ways) await measure(context, log, door, way);
  await door.stop();
}

/** What callers in a closed loop get through, with the CPU it takes; then 70 % of that in an open loop. */
async function measure(context: BenchContext, log: string, door: Door, way: Way): Promise<void> {
  const name = `${way.name}, ${log}`;
  const seconds = Math.max(2, 15 * context.scale);
  const { size, callers, goal, request } = way;
  const run = (label: string, time: number) =>
    saturate({ url: door.url, seconds: time, connections: callers, request: request(label) });
  context.report.progress(`${name}: warm-up of ${WARM_UP_SECONDS} s`);
  await run(`${log} warm`, WARM_UP_SECONDS);

  context.report.progress(`${name}: ${callers} callers for ${seconds} s`);
  const [before, started] = [door.cpu(), performance.now()];
  const held = await run(`${log} held`, seconds);
  const [after, wall] = [door.cpu(), (performance.now() - started) / 1000];
  const cores = (after.all - before.all) / wall;

  const rate = held * OPEN_LOOP_PART;
  context.report.progress(`${name}: ${Math.round(rate)} requests a second for ${seconds} s`);
  const open = await load({ url: door.url, rate, seconds, request: request(`${log} open`) });
  const taken = open.statuses['202'] ?? 0;
  const ms = (value: number) => ({ value, unit: 'ms' });
  context.measure(name, {
    held: { value: held * size, unit: 'facts/s' },
    ...(isLinux && {
      'cores used, of which the service': {
        value: cores,
        unit: `(${((after.service - before.service) / wall).toFixed(2)})`,
      },
      'held for each core used': { value: (held * size) / cores, unit: 'facts/s', atLeast: goal },
    }),
    'at 70 %': { value: open.okPerSecond * size, unit: 'facts/s' },
    'p50 at 70 %': ms(open.latency.p50),
    'p95 at 70 %': ms(open.latency.p95),
    'p99 at 70 %': ms(open.latency.p99),
    'not taken at 70 %': { value: open.requests - taken, atMost: 0 },
    'driver late, p99': ms(open.startedLate.p99),
  });
}
