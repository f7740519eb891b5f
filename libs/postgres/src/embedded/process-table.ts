import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

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
  if (process.platform !== 'linux') return ps(pid, 'command').includes(data);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch {
    return false;
  }
}

/** When a process began, in whatever form the system tells; with its number it names a process for ever. */
export function startOf(pid: number): string {
  if (process.platform !== 'linux') return ps(pid, 'lstart');
  const stat = readIfThere(`/proc/${pid}/stat`) ?? '';
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function ps(pid: number, column: string): string {
  return spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
