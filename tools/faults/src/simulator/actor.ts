import { AsyncLocalStorage } from 'node:async_hooks';
import type { Schedule } from './schedule.ts';

/** The process was killed: whatever its code still tries comes to nothing. */
export class Crashed extends Error {
  override readonly name = 'Crashed';
  readonly retriable = true;
}

/** One process of the simulated path, from its start to its end or crash. */
export class Actor {
  readonly name: string;
  readonly schedule: Schedule;
  alive = true;

  constructor(name: string, schedule: Schedule) {
    this.name = name;
    this.schedule = schedule;
  }

  /** Runs work whose statements and log calls are this actor's, however deep in the libraries they are made. */
  act<T>(work: () => Promise<T>): Promise<T> {
    return acting.run(this, work);
  }
}

const acting = new AsyncLocalStorage<Actor>();

/** Whose code runs now; nobody's outside of a simulation, and in what the simulation does for itself. */
export function actor(): Actor | undefined {
  return acting.getStore();
}

/** Runs what the simulation does for itself, though it is an actor's code that led to it. */
export function asNobody<T>(work: () => T): T {
  return acting.exit(work);
}
