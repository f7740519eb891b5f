import { Relay } from '@throughline/relay';
import { Actor } from './actor.ts';
import { takeClock } from './clock.ts';
import { gateConnections } from './connections.ts';
import { Journal } from './journal.ts';
import { judge } from './judge.ts';
import { decider, door, relay, type Participant, type Scene } from './participants.ts';
import type { Plan } from './plan.ts';
import { operator, owner, refuseDifferent, unapplied } from './projecting.ts';
import { Schedule } from './schedule.ts';
import type { World } from './world.ts';

/** A promise that was broken, with what happened before. */
export class Broken extends Error {
  override readonly name = 'Broken';
  readonly story: readonly string[];

  constructor(message: string, story: readonly string[]) {
    super(message);
    this.story = story;
  }
}

/** Runs one plan on an emptied world, heals what is left, and judges. @throws Broken, naming the invariant */
export async function simulate(world: World, plan: Plan): Promise<readonly string[]> {
  await world.reset(plan.partitions);
  const scene: Scene = { world, journal: new Journal() };
  const reemits = plan.deciders.some(({ commands }) => commands.some(({ does }) => does === 'reemit'));
  const schedule = new Schedule(world.admin.client, plan.turns, plan.faults);
  const participants: Participant[] = [
    ...plan.deciders.map((planned, index) => decider(scene, index, planned)),
    door(scene, plan.requests),
    ...plan.relays.map((planned, index) => relay(scene, index, planned)),
    ...plan.owners.map((planned, index) => owner(scene, index, planned)),
    operator(scene, plan.operator),
  ];
  const [ungate, giveClockBack] = [gateConnections(), takeClock()];
  try {
    await play(schedule, participants, scene.journal);
    scene.journal.repeats = reemits || [...schedule.struck].some((name) => name.startsWith('relay'));
    scene.journal.defects.push(...(await unapplied(scene)));
    await heal(scene, plan.verified);
    await judge(scene);
  } catch (error) {
    await schedule.abandon();
    throw new Broken(error instanceof Error ? error.message : String(error), schedule.story);
  } finally {
    ungate();
    giveClockBack();
  }
  return schedule.story;
}

async function play(
  schedule: Schedule,
  participants: readonly Participant[],
  journal: Journal,
): Promise<void> {
  let alive = participants.length;
  const lives = participants.map(async ({ name, live }) => {
    for (let life = 0, crashed = true; crashed; life += 1) {
      const actor = new Actor(life === 0 ? name : `${name} again`, schedule);
      await actor
        .act(() => live(() => actor.alive))
        .catch((error: unknown) => {
          if (actor.alive) journal.defects.push(`I7 ${name} ended with ${String(error)}`);
        });
      crashed = !actor.alive;
    }
    alive -= 1;
  });
  await schedule.run(() => alive === 0);
  await Promise.all(lives);
}

/** What is left goes through, as it would by itself once nothing fails any more; an operator replays what was mended. */
async function heal({ world, journal }: Scene, verified: boolean): Promise<void> {
  const relaying = new Relay(world.database, world.log());
  while ((await relaying.drain()) > 0);
  await relaying.stop();
  world.sick = false;
  const runner = world.runner();
  await runner.runOnce();
  for (const { place, state, code } of (await runner.parked.list({ limit: 500 })).events) {
    const poison = state !== 'poison' || code === 'projector-failed';
    if (!poison) journal.defects.push(`I7 ${place} is parked as ${code}, and no projector refused it`);
  }
  for (let mended = 1; mended > 0;) {
    mended = 0;
    const { events } = await runner.parked.list({ limit: 500 });
    for (const { place } of events.filter(({ state }) => state === 'poison')) {
      mended += (await runner.parked.replay(place)).applied;
    }
  }
  if (!verified) return;
  const poison = (await runner.parked.list({ limit: 500 })).events.find(({ state }) => state === 'poison');
  if (poison) {
    await runner.parked.discard(poison.place, { reason: 'no use', by: 'ada' });
    journal.discards.push(poison.place);
  }
  refuseDifferent('verify', await runner.verify({ idleMs: 0 }));
}
