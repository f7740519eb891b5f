import { LogUnavailable, type NewRecord } from '@throughline/log';
import type { Actor } from './actor.ts';
import type { Connection } from './connections.ts';

/** What can go wrong at one step; `at` is the number of the step from which on it waits for one that it fits. */
export interface Fault {
  readonly at: number;
  readonly what: FaultName;
}

export const FAULTS = [
  'crash before',
  'crash after',
  'cut before',
  'cut after',
  'time out',
  'lose the commit',
  'refuse',
  'lose the answer',
  'store half',
  'land late',
  'log away',
  'cut another',
  'jump',
] as const;
export type FaultName = (typeof FAULTS)[number];

/** One thing that an actor is about to do to the world, and that the schedule lets happen. */
export interface Step {
  readonly actor: Actor;
  readonly label: string;
  /** of a statement */
  readonly connection?: Connection;
  /** of a send */
  readonly records?: { readonly topic: string; readonly all: readonly NewRecord[] };
  /** @param records of a send: what is stored, all unless told */
  perform(records?: readonly NewRecord[]): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const OF_STATEMENTS = new Set<FaultName>(['cut before', 'cut after', 'time out']);
const OF_SENDS = new Set<FaultName>(['refuse', 'lose the answer', 'store half', 'land late', 'log away']);

export function fits(what: FaultName, step: Step): boolean {
  // whoever commits a batch asks where it stands; the others answer somebody
  if (what === 'lose the commit') return step.label === 'COMMIT' && !step.actor.name.startsWith('owner');
  if (OF_STATEMENTS.has(what)) return step.connection !== undefined;
  if (OF_SENDS.has(what)) return step.records !== undefined;
  return true;
}

export function lostConnection(): Error {
  return new Error('Connection terminated unexpectedly');
}

export function unanswered(step: Step): LogUnavailable {
  return new LogUnavailable(step.records?.topic ?? 'the log', 'told to by the simulator');
}
