import { setTimeout as pause } from 'node:timers/promises';
import type { Toxics } from '@throughline/log/testing';
import type { Instance } from '../runner/world.ts';
import type { Attack, Fault } from './fault.ts';
import { recovered } from './recovered.ts';

const on = ['postgres'] as const;
const TARGETS: readonly Instance[] = ['touches', 'leads', 'opportunities', 'journeys', 'journeys-2'];

/** On the way of some services to their database. */
function poisoned(
  number: number,
  name: string,
  what: string,
  of: (random: Attack['random']) => Toxics,
): Fault {
  return {
    ...{ number, name, what, on, heals: 'the way is as it was' },
    holds: [4, 10],
    async start({ world, random, did }) {
      const toxics = of(random);
      const targets = random.next() < 0.5 ? TARGETS : [random.pick(TARGETS), random.pick(TARGETS)];
      const proxies = targets
        .map((name) => world.services[name].place.database)
        .filter((proxy) => proxy !== null);
      for (const proxy of proxies) proxy.poison(toxics);
      did(`${JSON.stringify(toxics)} before ${targets.join(', ')}`);
      return async () => void (await Promise.all(proxies.map((proxy) => proxy.heal())));
    },
  };
}

/** Something again and again, until it heals. */
export function repeating(again: (attack: Attack) => Promise<void>, betweenMs: readonly [number, number]) {
  return async (attack: Attack) => {
    const ended = new AbortController();
    const work = async () => {
      for (let times = 1; !ended.signal.aborted; times += 1) {
        await again(attack).catch(() => undefined); // the database itself may be what is away
        await pause(attack.random.between(...betweenMs), undefined, { signal: ended.signal }).catch(
          () => undefined,
        );
        if (ended.signal.aborted) attack.did(`${times} times`);
      }
    };
    const over = work();
    return async () => {
      ended.abort();
      await over;
    };
  };
}

/** Faults 7 to 10, of the databases. */
export const databaseFaults: readonly Fault[] = [
  poisoned(7, 'database-slow', 'the database answers after up to 1 s, or at 1 Mbit/s', (random) =>
    random.pick([
      { latency: 500, jitter: 500 },
      { bandwidth: 125_000 },
      { latency: 50, jitter: 50, slice: 7 },
    ]),
  ),
  poisoned(
    8,
    'database-acks-lost',
    'the connection ends once an answer has begun, COMMIT among them',
    (random) => ({
      cutReplies: random.pick([0.02, 0.1]),
    }),
  ),
  {
    ...{
      number: 9,
      name: 'postgres-restart',
      what: 'fast shutdown of PostgreSQL, and start',
      on,
      holds: [0, 5],
    },
    heals: 'started on the same data; services recover by themselves',
    async start(attack) {
      await attack.world.postgres.stop();
      return async () => {
        await attack.world.postgres.start();
        await recovered(attack);
      };
    },
  },
  {
    ...{ number: 9, name: 'postgres-kill', what: 'kill -9 of the postmaster', on, holds: [0, 5] },
    heals: 'started on the same data, which it recovers',
    async start(attack) {
      await attack.world.postgres.kill();
      return async () => {
        await attack.world.postgres.start();
        await recovered(attack);
      };
    },
  },
  {
    ...{
      number: 9,
      name: 'backend-terminate',
      where: 'both',
      what: 'pg_terminate_backend of a third of the sessions',
      on,
    },
    ...{ heals: 'it ends', holds: [3, 8] },
    start: repeating(
      ({ world }) =>
        world.postgres.asAdmin(async (admin) => {
          await admin.query(
            `select pg_terminate_backend(pid) from pg_stat_activity
              where backend_type = 'client backend' and pid <> pg_backend_pid() and random() < 0.3`,
          );
        }),
      [300, 1_500],
    ),
  },
  {
    ...{ number: 10, name: 'database-cut', what: 'connections end in the middle of transactions', on },
    ...{ heals: 'it ends', holds: [3, 8] },
    start: repeating(
      async ({ world, random }) => world.services[random.pick(TARGETS)].place.database?.cut(),
      [100, 800],
    ),
  },
  poisoned(
    10,
    'commit-cut',
    'the connection ends at COMMIT: before it arrives, or once its answer has begun',
    (random) => ({
      cutAt: { text: 'COMMIT', when: random.pick(['before', 'replied'] as const), share: 0.3 },
    }),
  ),
  poisoned(10, 'database-silent', 'connections to the database stay open and carry nothing', () => ({
    halfOpen: true,
  })),
];
