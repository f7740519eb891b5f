import { setTimeout as pause } from 'node:timers/promises';
import type { Toxics } from '@throughline/log/testing';
import { repeating } from './databases.ts';
import type { Fault } from './fault.ts';
import { failing, liveSchema } from './transactions.ts';

const on = ['attribution', 'attribution-2'] as const;
const beside = ['postgres'] as const;
const apart = true;
const STARTED = 'started again on the same port';

/** Faults 1, 3, 6, 7, 10, 12, 23, 27, of the service that says credit. */
export const attributionFaults: readonly Fault[] = [
  {
    ...{ number: 1, name: 'kill-attribution', on, beside, apart, holds: [0.2, 3], heals: STARTED },
    what: 'kill -9 of the service that concludes credit: its evidence, its reactor and its relay',
    async start({ world: { services }, random, did }) {
      await pause(random.between(0, 1_500));
      await services.attribution.kill();
      did('kill -9 attribution');
      return () => services.attribution.start();
    },
  },
  {
    ...{ number: 3, name: 'attribution-zombie', on, beside, apart, holds: [17, 21] },
    what: 'it stands still past its session (15 s) while a second one takes over, then both go on until one ends',
    heals: 'SIGCONT; the second ends, or is killed',
    async start({ world: { services }, random, did }) {
      const { attribution: first, 'attribution-2': second } = services;
      await second.start();
      await pause(random.between(0, 3_000));
      first.signal('SIGSTOP');
      return async () => {
        first.signal('SIGCONT');
        await pause(random.between(0, 4_000));
        const signal = random.pick(['SIGTERM', 'SIGKILL'] as const);
        await second.end(signal);
        did(`SIGSTOP attribution, ${signal} attribution-2`);
      };
    },
  },
  {
    ...{ number: 6, name: 'attribution-without-broker', needs: 'kafka', apart, holds: [3, 6] },
    ...{ on: [...on, 'kafka'], beside, heals: 'brokers can be reached again' },
    what: 'it is killed and starts again while no broker can be reached',
    async start({ world, random, did }) {
      const { attribution } = world.services;
      await attribution.kill();
      const hangs = random.next() < 0.5;
      for (const { proxy } of world.brokers) {
        if (hangs) proxy.poison({ halfOpen: true });
        else await proxy.down();
      }
      const from = performance.now();
      await attribution.start();
      did(`brokers ${hangs ? 'silent' : 'refused'}; ready after ${Math.round(performance.now() - from)} ms`);
      return async () => void (await Promise.all(world.brokers.map(({ proxy }) => proxy.heal())));
    },
  },
  {
    ...{ number: 7, name: 'attribution-database', on, apart, holds: [4, 10], heals: 'the way is as it was' },
    what: 'its database answers late or not at all, or the connection ends once an answer has begun',
    async start({ world, random, did }) {
      const toxics = random.pick<Toxics>([
        { halfOpen: true },
        { latency: 500, jitter: 500 },
        { latency: 50, jitter: 50, slice: 7 },
        { cutReplies: 0.1 },
      ]);
      const proxy = world.services.attribution.place.database;
      proxy?.poison(toxics);
      did(JSON.stringify(toxics));
      return async () => void (await proxy?.heal());
    },
  },
  {
    ...{ number: 10, name: 'attribution-cut', on, apart, holds: [3, 8], heals: 'it ends' },
    what: 'its connections to its database end in the middle of transactions',
    start: repeating(async ({ world }) => world.services.attribution.place.database?.cut(), [100, 800]),
  },
  {
    ...{
      number: 10,
      name: 'attribution-commit-cut',
      on,
      apart,
      holds: [4, 10],
      heals: 'the way is as it was',
    },
    what: 'its connection to its database ends at COMMIT: before it arrives, or once its answer has begun',
    async start({ world, random, did }) {
      const when = random.pick(['before', 'replied'] as const);
      const proxy = world.services.attribution.place.database;
      proxy?.poison({ cutAt: { text: 'COMMIT', when, share: 0.3 } });
      did(`cut ${when}`);
      return async () => void (await proxy?.heal());
    },
  },
  {
    ...{ number: 12, name: 'attribution-serialization', on, beside, apart, holds: [4, 10] },
    ...{
      what: 'a third of its inserts fail with 40001, in evidence, credit and store',
      heals: 'the triggers go',
    },
    async start({ world, did }) {
      did('40001 from triggers');
      const evidence = await liveSchema(world, 'attribution');
      const tables = ['public.event', 'public.credit', 'public.due_deal', `${evidence}.entry`];
      return failing(
        world,
        tables.map((table) => ['attribution', table] as const),
      );
    },
  },
  {
    ...{ number: 23, name: 'attribution-relay', on, beside, apart, holds: [1, 4], heals: STARTED },
    what: 'kill -9 between what the log acknowledged of its credit and the note of it',
    async start({ world: { services }, did }) {
      const { attribution } = services;
      const ended = new AbortController();
      const seen = new Promise<string>((resolve) => {
        const unwatch = attribution.place.database?.watch('delete from outbox', () =>
          resolve('as it noted what was sent'),
        );
        ended.signal.addEventListener('abort', () => unwatch?.());
      });
      const how = await Promise.race([seen, pause(5_000, 'while it ran')]);
      ended.abort();
      await attribution.kill();
      did(`kill -9 attribution ${how}`);
      return () => attribution.start();
    },
  },
  {
    ...{ number: 27, name: 'attribution-stop', on, beside, apart, holds: [0.2, 2], heals: 'started again' },
    what: 'SIGTERM under load: it ends by itself within 10 s',
    async start({ world, did }) {
      const { attribution } = world.services;
      const { code, tookMs } = await attribution.end('SIGTERM');
      did(`SIGTERM attribution: ended with ${code} after ${Math.round(tookMs)} ms`);
      if (code !== 0 || tookMs > 10_000)
        world.unrest.push(`SIGTERM attribution: ${code} after ${Math.round(tookMs)} ms`);
      return () => attribution.start();
    },
  },
];
