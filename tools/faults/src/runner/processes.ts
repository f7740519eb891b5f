import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { execFileSync } from 'node:child_process';

import { disksBelow, unmountDisk } from './small-disk.ts';

const NOTES = 'processes';

/** A run's own directory, with a note of every process it started: the next start ends what a killed runner left. */
export class RunDirectory {
  private constructor(readonly path: string) {}

  static make(home: string, name: string): RunDirectory {
    const path = join(home, `${name}-${process.pid}`);
    mkdirSync(path, { recursive: true, mode: 0o755 });
    const directory = new RunDirectory(path);
    directory.note(process.pid);
    return directory;
  }

  note(pid: number): void {
    appendFileSync(join(this.path, NOTES), `${identity(pid)}\n`);
  }

  /** Keeps journal and lines of the processes for whoever looks into what was found. @returns where */
  keep(folder: string): string {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(this.path).filter((each) => /\.(log|jsonl)$/.test(each)))
      copyFileSync(join(this.path, name), join(folder, name));
    return folder;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Ends the processes and removes the directories of runs whose runner is gone. @returns how many runs there were */
export async function cleanUp(home: string): Promise<number> {
  const runs = existsSync(home) ? readdirSync(home).map((name) => join(home, name)) : [];
  let cleaned = 0;
  for (const path of runs) {
    const notes = join(path, NOTES);
    if (!existsSync(notes)) continue;
    const [runner = '', ...started] = readFileSync(notes, 'utf8').trim().split('\n');
    if (isRunning(runner)) continue;
    cleaned += 1;
    for (const noted of started.filter(isRunning)) process.kill(Number.parseInt(noted), 'SIGKILL');
    while (started.some(isRunning)) await pause(50);
    disksBelow(path).forEach(unmountDisk);
    rmSync(path, { recursive: true, force: true });
  }
  return cleaned;
}

/** Number and start time: a number alone may have gone to another process since. */
function identity(pid: number): string {
  return `${pid} ${startOf(pid)}`;
}

function isRunning(noted: string): boolean {
  const pid = Number.parseInt(noted);
  return pid > 0 && identity(pid) === noted && startOf(pid) !== '';
}

/** Empty when there is no such process, or it has ended and waits to be reaped. */
function startOf(pid: number): string {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? '' : (rest[18] ?? '');
  } catch {
    return '';
  }
}
