import { setTimeout as pause } from 'node:timers/promises';
import type { Instance } from '../runner/world.ts';
import type { Fault } from './fault.ts';

const DAYS_2 = 2 * 86_400_000;
const SERVICES: readonly Instance[] = ['touches', 'leads', 'opportunities', 'journeys', 'journeys-2'];

/** Faults 8 (before HTTP), 15 and 23: of one service and its surroundings. */
export const serviceFaults: readonly Fault[] = [
  {
    ...{
      number: 8,
      name: 'answers-lost',
      where: 'both',
      what: "the caller's connection ends once the answer has begun",
    },
    ...{ heals: 'the way is as it was', on: ['touches', 'leads', 'opportunities'], holds: [4, 10] },
    async start({ world, random, did }) {
      const doors = (['touches', 'leads', 'opportunities'] as const).map(
        (name) => world.services[name].place.http,
      );
      const cutReplies = random.pick([0.1, 0.4]);
      for (const door of doors) door.poison({ cutReplies });
      did(`${100 * cutReplies} % of the answers`);
      return async () => void (await Promise.all(doors.map((door) => door.heal())));
    },
  },
  {
    ...{ number: 15, name: 'clock-off', what: 'a service whose clock is two days off, in another time zone' },
    ...{
      heals: 'started again with the right time',
      on: SERVICES,
      beside: ['postgres', 'kafka'],
      holds: [5, 10],
    },
    async start({ world, random, did }) {
      const target = world.services[random.pick(SERVICES)];
      const off = random.pick([-DAYS_2, DAYS_2, -1_000 * random.between(1, 3_600)]);
      const zone = random.pick(['Pacific/Kiritimati', 'America/St_Johns', 'Asia/Kathmandu']);
      await target.end('SIGTERM');
      await target.start({ CLOCK_OFF_MS: String(off), TZ: zone });
      did(`${target.name} ${off} ms off in ${zone}`);
      return async () => {
        await target.end('SIGTERM');
        await target.start();
      };
    },
  },
  {
    ...{
      number: 23,
      name: 'partial-relay',
      what: 'kill -9 between what the log acknowledged and the note of it',
    },
    ...{ heals: 'started again', on: ['leads', 'opportunities'], beside: ['postgres'], holds: [1, 4] },
    async start({ world, random, did }) {
      const target = world.services[random.pick(['leads', 'opportunities'] as const)];
      const seen = new Promise<string>((resolve) => {
        target.place.database?.watch('delete from outbox', () => resolve('as it noted what was sent'));
      });
      const how = await Promise.race([seen, pause(3_000, 'while it relayed')]);
      await target.kill();
      did(`kill -9 ${target.name} ${how}`);
      return () => target.start();
    },
  },
  {
    ...{
      number: 23,
      name: 'two-relays',
      what: 'two processes relay one outbox, one of them frozen for a while and killed',
    },
    ...{
      heals: 'one of them started again, the second ended',
      on: ['leads'],
      beside: ['postgres'],
      holds: [4, 8],
    },
    async start({ world, random, did }) {
      const { leads, 'leads-2': second } = world.services;
      await second.start();
      leads.signal('SIGSTOP');
      await pause(random.between(500, 6_000));
      leads.signal('SIGCONT');
      await pause(random.between(0, 1_000));
      const killed = random.pick([leads, second]);
      await killed.kill();
      did(`leads frozen, ${killed.name} killed`);
      return async () => {
        await leads.start();
        await second.end('SIGTERM');
      };
    },
  },
];
