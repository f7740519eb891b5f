import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '@throughline/postgres';
import type { DatabaseName } from '../runner/postgres-server.ts';
import type { Attack, Fault, Part } from './fault.ts';

const beside = ['postgres'] as const;

/** Transactions of somebody else's, one after the other, until it heals. */
function disturbing(
  on: readonly Part[],
  name: (random: Attack['random']) => DatabaseName,
  work: (database: Database, attack: Attack) => Promise<void>,
) {
  return {
    on,
    beside,
    async start(attack: Attack) {
      const database = name(attack.random);
      let times = 0;
      let ended = false;
      const disturb = async () => {
        while (!ended) {
          await attack.world.postgres
            .asAdmin((admin) => work(admin, attack), database)
            .catch(() => undefined);
          times += 1;
          await pause(100);
        }
      };
      const over = disturb();
      return async () => {
        ended = true;
        await over;
        attack.did(`${times} transactions in ${database}`);
      };
    },
  };
}

const stores = (random: Attack['random']): DatabaseName => random.pick(['leads', 'opportunities'] as const);
const both: readonly Part[] = ['leads', 'opportunities'];

/** Faults 12 and 24: what other transactions do to those of the services. */
export const transactionFaults: readonly Fault[] = [
  {
    ...{
      number: 12,
      name: 'serialization',
      on: ['leads', 'opportunities', 'journeys', 'journeys-2'],
      beside,
    },
    what: 'a third of the inserts fail with 40001, in stores and projection',
    ...{ heals: 'the triggers go', holds: [4, 10] },
    async start({ world, did }) {
      did('40001 from triggers');
      return failing(world, [
        ['leads', 'public.event'],
        ['opportunities', 'public.event'],
        ['journeys', `${await liveSchema(world, 'journeys')}.entry`],
      ]);
    },
  },
  {
    ...{ number: 12, name: 'deadlock', what: 'another transaction locks streams in an order of its own' },
    ...{ heals: 'it ends', holds: [4, 10] },
    ...disturbing(both, stores, (admin, { random }) =>
      admin.transaction(async (tx) => {
        for (let locks = 0; locks < 4; locks += 1) {
          await tx.query('select 1 from stream order by random() limit 8 for update');
          await tx.query(`select pg_sleep(${random.between(1, 4) / 10})`);
        }
      }),
    ),
  },
  {
    ...{
      number: 12,
      name: 'lock-timeout',
      what: 'a table is locked for longer than a lock is waited for (15 s)',
    },
    ...{ heals: 'the lock is given back', holds: [1, 2] },
    ...disturbing(both, stores, (admin) =>
      admin.transaction(async (tx) => {
        await tx.query('lock table event in access exclusive mode');
        await tx.query('select pg_sleep(17)');
      }),
    ),
  },
  {
    ...{
      number: 24,
      name: 'idle-writer',
      what: 'a transaction drew a number in the outbox and does not end',
    },
    ...{ heals: 'it is rolled back after 8 s', holds: [1, 2] },
    ...disturbing(both, stores, (admin) =>
      admin.transaction(async (tx) => {
        await tx.query(
          `insert into outbox (topic, key, value, headers, timestamp, event_id)
           values ('journey.leads', 'never', '', '{}', 0, gen_random_uuid())`,
        );
        await tx.query('select pg_sleep(8)');
        throw new Error('rolled back');
      }),
    ),
  },
];

/** Of a projection or reactor, in the database of its service. */
export async function liveSchema(
  { postgres }: Attack['world'],
  database: DatabaseName,
  name: string = database,
): Promise<string> {
  const { rows } = await postgres.asAdmin(
    (admin) =>
      admin.query<{ schema: string }>(
        `select schema from projection.build where name = $1 and state = 'live'`,
        [name],
      ),
    database,
  );
  return rows[0]?.schema ?? '';
}

/** From now on a third of the statements that insert into these tables fail with 40001. @returns what ends it */
export async function failing(
  world: Attack['world'],
  placed: readonly (readonly [DatabaseName, string])[],
): Promise<() => Promise<void>> {
  for (const [database, table] of placed)
    await world.postgres.asAdmin((admin) => fail(admin, table), database);
  return async () => {
    for (const [database, table] of placed)
      await world.postgres.asAdmin(
        async (admin) => void (await admin.query(`drop trigger attack on ${table}`)),
        database,
      );
  };
}

async function fail(admin: Database, table: string): Promise<void> {
  await admin.query(`
    create or replace function public.attack() returns trigger language plpgsql as $$
    begin
      if random() < 0.3 then raise exception 'attacked' using errcode = '40001'; end if;
      return new;
    end $$`);
  await admin.query(
    `create trigger attack before insert on ${table} for each statement execute function public.attack()`,
  );
}
