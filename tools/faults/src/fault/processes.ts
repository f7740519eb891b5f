import { setTimeout as pause } from 'node:timers/promises';
import type { Instance } from '../runner/world.ts';
import type { Attack, Fault } from './fault.ts';

const KILLED = 'SIGKILL; started again on the same port';
const beside = ['postgres'] as const;

function killing(name: string, what: string, targets: readonly Instance[]): Fault {
  return {
    ...{ number: 1, name, what, heals: KILLED, on: targets, beside },
    holds: [0.2, 3],
    async start({ world, random, did }: Attack) {
      const target = world.services[random.pick(targets)];
      await pause(random.between(0, 1_500));
      await target.kill();
      did(`kill -9 ${target.name}`);
      return () => target.start();
    },
  };
}

/** Faults 1, 3, 4, 27: what may happen to a process. */
export const processFaults: readonly Fault[] = [
  killing('kill-door', 'kill -9 of the service that takes facts', ['touches']),
  killing('kill-relay', 'kill -9 of a service that decides, and of the relay in it', [
    'leads',
    'opportunities',
  ]),
  killing('kill-projector', 'kill -9 of a reader that owns partitions', ['journeys', 'journeys-2']),
  {
    ...{ number: 2, name: 'kill-standalone', where: 'one', on: ['touches'], holds: [0.1, 3] },
    what: 'kill -9 of the one process with every service; its PostgreSQL lives on',
    heals: 'started again within 10 s on the same data: PostgreSQL is taken over',
    async start({ world, random, did }) {
      const target = world.services.touches;
      await pause(random.between(0, 1_500));
      await target.kill();
      return async () => {
        const from = performance.now();
        await target.start();
        did(`kill -9; ready after ${Math.round(performance.now() - from)} ms`);
      };
    },
  },
  {
    ...{ number: 3, name: 'zombie', on: ['journeys', 'journeys-2'], beside, holds: [17, 21] },
    what: 'a reader stands still past its session (15 s) while the other takes over, then goes on',
    heals: 'SIGCONT',
    async start({ world, random, did }) {
      const target = world.services[random.pick(['journeys', 'journeys-2'] as const)];
      target.signal('SIGSTOP');
      did(`SIGSTOP ${target.name}`);
      return async () => target.signal('SIGCONT');
    },
  },
  {
    ...{ number: 4, name: 'double-zombie', on: ['journeys', 'journeys-2'], beside, holds: [34, 38] },
    what: 'one reader stands still past its session, then the one that took over does, and both go on',
    heals: 'SIGCONT to the first when the second stops, to the second at the end',
    async start({ world, did }) {
      const { journeys: first, 'journeys-2': second } = world.services;
      first.signal('SIGSTOP');
      const turn = pause(17_000).then(() => {
        second.signal('SIGSTOP');
        first.signal('SIGCONT');
      });
      return async () => {
        await turn;
        second.signal('SIGCONT');
        did('SIGSTOP journeys, then journeys-2');
      };
    },
  },
  {
    ...{ number: 27, name: 'graceful-stop', on: ['touches', 'leads', 'opportunities', 'journeys-2'], beside },
    what: 'SIGTERM under load: what was accepted is answered, and the process ends by itself within 10 s',
    heals: 'started again',
    holds: [0.2, 2],
    async start({ world, random, did }) {
      const target =
        world.services[random.pick(['touches', 'leads', 'opportunities', 'journeys-2'] as const)];
      const { code, tookMs } = await target.end('SIGTERM');
      did(`SIGTERM ${target.name}: ended with ${code} after ${Math.round(tookMs)} ms`);
      if (code !== 0 || tookMs > 10_000)
        world.unrest.push(`SIGTERM ${target.name}: ${code} after ${Math.round(tookMs)} ms`);
      return () => target.start();
    },
  },
];
