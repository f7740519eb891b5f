import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

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

/** Whether a process runs; one that has ended and waits to be reaped (a container without init) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !/\) [ZX] /.test(readIfThere(`/proc/${pid}/stat`) ?? '');
}

/** Whether a living process is the server of this data; its number may have gone to another program since. */
export function servesData(pid: number, data: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch {
    return false;
  }
}

/**
 * Corrects a postmaster.pid whose number has gone to another program, which would keep PostgreSQL from starting.
 * Only the number: the rest lets PostgreSQL see whether a backend of the dead server still lives.
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

/** Fast shutdown (open transactions are rolled back), then immediate; PostgreSQL recovers from the latter. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const [signal, patience] of [['SIGINT', 20_000] as const, ['SIGQUIT', 10_000] as const]) {
    signalIfThere(pid, signal);
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

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
