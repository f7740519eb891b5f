import type { Batch, Subscription } from '@throughline/log';
import {
  AlreadyRunning,
  NoPreviousBuild,
  ParkedRefusal,
  type ProjectionRunner,
} from '@throughline/projection';
import type { Participant, Scene } from './participants.ts';
import { judged } from './participants.ts';
import type { Plan, PlannedWork } from './plan.ts';

/**
 * An owner of every partition, as a subscription delivers them: all at once, each in its order, from the stored
 * position on, which is read anew after a failure only. Two of them are each other's zombie.
 */
export function owner(
  { world, journal }: Scene,
  index: number,
  planned: Plan['owners'][number],
): Participant {
  let left = planned.rounds;
  return {
    name: `owner ${index}`,
    async live(isAlive) {
      const runner = world.runner();
      const log = world.log();
      const subscription = runner.subscription();
      const followed = new Map<string, bigint>();
      const follow = async (topic: string, partition: number, high: bigint): Promise<void> => {
        const place = `${topic}/${partition}`;
        if (followed.get(place) === high) return;
        let { next } = await subscription.position(topic, partition);
        while (next < high && isAlive()) {
          const range = { topic, partition, from: next, to: high, batchSize: planned.batch };
          const batch = await first(log.read(range));
          ({ next } = await handle(subscription, batch));
          if (isAlive()) journal.positions.set(place, bigger(next, journal.positions.get(place)));
        }
        followed.set(place, high);
      };
      while (left > 0 && isAlive()) {
        left -= 1;
        const all = subscription.topics.map(async (topic) => {
          const marks = (await log.marks(topic)).filter(
            ({ partition }) => !planned.share || partition % 2 === index,
          );
          const following = marks.map(({ partition, high }) => follow(topic, partition, high));
          await Promise.all(following.map((it) => judged(journal, it, isAlive)));
        });
        await Promise.all(all.map((topic) => judged(journal, topic, isAlive)));
      }
    },
  };
}

function handle(subscription: Subscription, batch: Batch) {
  return subscription.handle(batch, new AbortController().signal);
}

function bigger(a: bigint, b = a): bigint {
  return a > b ? a : b;
}

/** @returns what an owner was told it had applied, and nobody has */
export async function unapplied({ world, journal }: Scene): Promise<string[]> {
  const subscription = world.runner().subscription();
  const all = [...journal.positions].map(async ([place, told]) => {
    const [topic = '', partition] = place.split('/');
    const { next } = await subscription.position(topic, Number(partition));
    return next < told ? [`I5 the position of ${place} is ${next}, and an owner was told ${told}`] : [];
  });
  return (await Promise.all(all)).flat();
}

async function first(batches: AsyncIterable<Batch>): Promise<Batch> {
  for await (const batch of batches) return batch;
  throw new RangeError('the log gave no batch');
}

/** Works on what is parked, proves the tables, and builds them anew, while everything else goes on. */
export function operator({ world, journal }: Scene, planned: Plan['operator']): Participant {
  const left = [...planned];
  return {
    name: 'operator',
    async live(isAlive) {
      const runner = world.runner();
      for (let work = left.shift(); work && isAlive(); work = left.shift()) {
        const done = operate(runner, work).catch((error: unknown) => {
          const refused = [AlreadyRunning, NoPreviousBuild, ParkedRefusal].some((it) => error instanceof it);
          if (!refused) throw error;
        });
        const outcome = await judged(journal, done, isAlive);
        const place = outcome === 'ok' ? await done : undefined;
        if (place) journal.discards.push(place);
      }
    },
  };
}

/** @returns the place that was given up */
async function operate(runner: ProjectionRunner, work: PlannedWork): Promise<string | undefined> {
  switch (work) {
    case 'replay':
    case 'discard': {
      const { events } = await runner.parked.list({ limit: 10 });
      const poison = events.find(({ state }) => state === 'poison');
      if (!poison) return undefined;
      if (work === 'discard') {
        await runner.parked.discard(poison.place, { reason: 'no use', by: 'ada' });
        return poison.place;
      }
      await runner.parked.replay(poison.place);
      return undefined;
    }
    case 'rebuild':
      return refuseDifferent('rebuild', await runner.rebuild());
    case 'verify':
      return refuseDifferent('verify', await runner.verify({ idleMs: 0 }));
    case 'roll back':
      return refuseDifferent('rollback', await runner.rollback());
  }
}

type Compared = Awaited<ReturnType<ProjectionRunner['verify']>>;

/** @throws when a table that was built anew is not the live one */
export function refuseDifferent(
  what: string,
  { equal, tables }: Pick<Compared, 'equal' | 'tables'>,
): undefined {
  if (equal) return undefined;
  const different = tables
    .filter((it) => !it.equal)
    .map((it) => `${it.table} (${it.rows}, rebuilt ${it.rebuiltRows})`);
  throw new RangeError(`I4 ${what} found other tables than the live ones: ${different.join(', ')}`);
}
