import { setTimeout as pause } from 'node:timers/promises';
import type { Attack } from '../fault/fault.ts';
import { chance } from './random.ts';
import { conflict, type Planned } from './schedule.ts';

/** A fault as it happened. */
export interface Happened {
  readonly number: number;
  readonly name: string;
  /** seconds after the start of the load; null: after it was judged */
  readonly at: number | null;
  readonly seconds: number;
  readonly did: readonly string[];
}

interface Campaign extends Omit<Attack, 'random' | 'did'> {
  readonly seed: number;
  /** after which no fault begins any more */
  readonly seconds: number;
  readonly say: (what: string) => void;
  readonly signal: AbortSignal;
}

/** Lets the planned faults happen, each at its time or once what it must not meet has healed. @returns them */
export async function attack(planned: readonly Planned[], campaign: Campaign): Promise<Happened[]> {
  const from = performance.now();
  const elapsed = () => (performance.now() - from) / 1_000;
  const happened: Happened[] = [];
  const running = new Map<Planned, Promise<void>>();
  const one = async (own: Planned): Promise<void> => {
    const { fault, holds } = own;
    const did: string[] = [];
    const at = elapsed();
    campaign.say(`${fault.name} …`);
    const random = chance(campaign.seed, `${fault.name}@${own.at}`);
    const heal = await fault.start({ ...campaign, random, did: (what) => did.push(what) });
    await pause(1_000 * holds, undefined, { signal: campaign.signal }).catch(() => undefined);
    await heal();
    campaign.say(`${fault.name} healed`);
    happened.push({
      number: fault.number,
      name: fault.name,
      at: round(at),
      seconds: round(elapsed() - at),
      did,
    });
  };
  try {
    for (const own of planned) {
      await pause(Math.max(0, 1_000 * (own.at - elapsed())), undefined, { signal: campaign.signal });
      const inTheWay = () =>
        [...running].filter(([other]) => other.lane === own.lane || conflict(other.fault, own.fault));
      for (let others = inTheWay(); others.length > 0; others = inTheWay())
        await Promise.race(others.map(([, done]) => done));
      if (elapsed() > campaign.seconds) break; // what came before took longer than planned
      const unhealed = (error: unknown) =>
        void campaign.world.unrest.push(`${own.fault.name}: ${String(error)}`);
      running.set(
        own,
        one(own)
          .catch(unhealed)
          .finally(() => running.delete(own)),
      );
    }
  } finally {
    await Promise.all(running.values());
  }
  return happened;
}

const round = (seconds: number): number => Math.round(10 * seconds) / 10;
