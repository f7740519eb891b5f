import { setTimeout as pause } from 'node:timers/promises';
import type { Toxics } from '@throughline/log/testing';
import { kafkaLog, START } from '@throughline/log';
import { TOPICS } from '@throughline/contracts';
import type { Attack, Fault } from './fault.ts';

const needs = 'kafka';
const on = ['kafka'] as const;

/** On the way to every broker, or to one of several. */
function poisoned(
  number: number,
  name: string,
  what: string,
  of: (random: Attack['random']) => Toxics,
): Fault {
  return {
    ...{ number, name, what, on, needs, heals: 'the way is as it was' },
    holds: [4, 10],
    async start({ world, random, did }) {
      const toxics = of(random);
      const targets = random.next() < 0.5 ? world.brokers : [random.pick(world.brokers)];
      for (const { proxy } of targets) proxy.poison(toxics);
      did(`${JSON.stringify(toxics)} before ${targets.length} of ${world.brokers.length} brokers`);
      return async () => void (await Promise.all(targets.map(({ proxy }) => proxy.heal())));
    },
  };
}

/** Faults 5 to 8 and 21, of the log. */
export const brokerFaults: readonly Fault[] = [
  {
    ...{ number: 5, name: 'broker-stop', what: 'a broker is stopped in order', on, needs, holds: [0, 8] },
    heals: 'started again on the same data',
    async start({ world, random, did }) {
      const { node } = random.pick(world.brokers);
      await node.stop();
      did('stopped a broker');
      return () => node.start();
    },
  },
  {
    ...{ number: 5, name: 'broker-kill', what: 'kill -9 of a broker', on, needs, holds: [0, 8] },
    heals: 'started again on the same data',
    async start({ world, random, did }) {
      const { node } = random.pick(world.brokers);
      await node.kill();
      did('kill -9 of a broker');
      return () => node.start();
    },
  },
  {
    ...{ number: 6, name: 'broker-away-at-start', needs, holds: [3, 6] },
    on: ['kafka', 'touches', 'leads'],
    beside: ['postgres'],
    what: 'services start while no broker can be reached: refused, or nothing is answered',
    heals: 'brokers can be reached again',
    async start({ world, random, did }) {
      const { touches, leads } = world.services;
      await Promise.all([touches.end('SIGTERM'), leads.end('SIGTERM')]);
      const hangs = random.next() < 0.5;
      for (const { proxy } of world.brokers) {
        if (hangs) proxy.poison({ halfOpen: true });
        else await proxy.down();
      }
      const from = performance.now();
      await Promise.all([touches.start(), leads.start()]);
      did(`brokers ${hangs ? 'silent' : 'refused'}; ready after ${Math.round(performance.now() - from)} ms`);
      return async () => void (await Promise.all(world.brokers.map(({ proxy }) => proxy.heal())));
    },
  },
  poisoned(6, 'broker-silent', 'connections to brokers stay open and carry nothing', () => ({
    halfOpen: true,
  })),
  poisoned(7, 'broker-slow', 'brokers answer after 2 s, or at 1 Mbit/s', (random) =>
    random.pick([
      { latency: 2_000, jitter: 1_000 },
      { bandwidth: 125_000 },
      { latency: 300, jitter: 300, slice: 100 },
    ]),
  ),
  poisoned(
    8,
    'broker-acks-lost',
    'the log appends, and the connection ends once the answer has begun',
    (random) => ({
      cutReplies: random.pick([0.05, 0.2, 0.5]),
    }),
  ),
  {
    ...{ number: 21, name: 'rebalance-storm', on, needs },
    what: 'every 2 s a member joins the readers or leaves them',
    heals: 'it ends',
    holds: (left) => Math.min(120, left),
    async start({ world, did }) {
      let joined = 0;
      const ended = new AbortController();
      const storm = async () => {
        while (!ended.signal.aborted) {
          const log = kafkaLog({ brokers: world.brokerAddresses, clientId: 'storm' });
          const member = { group: 'projected.journeys', topics: TOPICS, position: async () => START };
          await log
            .subscribe({ ...member, handle: () => Promise.reject(new Error('only passing')) })
            .catch(() => undefined);
          joined += 1;
          await pause(2_000, undefined, { signal: ended.signal }).catch(() => undefined);
          await log.close();
          await pause(2_000, undefined, { signal: ended.signal }).catch(() => undefined);
        }
      };
      const over = storm();
      return async () => {
        ended.abort();
        await over;
        did(`a member joined and left ${joined} times`);
      };
    },
  },
];
