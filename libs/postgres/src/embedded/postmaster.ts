import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, readIfThere } from './process-table.ts';

/** What a server writes about itself into postmaster.pid. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

const LOOK_MS = 20;

export function readPostmaster(data: string): Postmaster | null {
  const text = readIfThere(join(data, 'postmaster.pid'));
  const lines = text?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Corrects a postmaster.pid whose number has gone to another program, or to a dead process that nobody reaps; either
 * would keep PostgreSQL from starting. Only the number: the rest lets PostgreSQL see whether a backend of the dead server still lives.
 */
export function disownPid(data: string): void {
  const file = join(data, 'postmaster.pid');
  const [, ...rest] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, ['999999999', ...rest].join('\n'));
}

/** Waits until `holds` or the time is over. */
export async function holdsWithin(ms: number, holds: () => boolean): Promise<boolean> {
  for (let left = ms; left > 0; left -= LOOK_MS) {
    if (holds()) return true;
    await pause(LOOK_MS);
  }
  return holds();
}

/**
 * Fast shutdown (open transactions are rolled back), then immediate; PostgreSQL recovers from the latter.
 * A frozen server hears no signal, so it is thawed too.
 */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const [signal, patience] of [['SIGINT', 20_000] as const, ['SIGQUIT', 10_000] as const]) {
    signalIfThere(pid, signal);
    signalIfThere(pid, 'SIGCONT');
    if (await holdsWithin(patience, () => !isAlive(pid))) return;
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop; end it by hand, then start again`);
}

export function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
