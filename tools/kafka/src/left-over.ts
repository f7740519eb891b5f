import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const STOP_MS = 20_000;
const note = (directory: string) => join(directory, 'broker.pid');

/** Remembers which process serves this directory, for a start after its owner was killed. */
export async function noteBroker(directory: string, pid: number): Promise<void> {
  await writeFile(note(directory), String(pid), { mode: 0o600 });
}

export async function forgetBroker(directory: string): Promise<void> {
  await rm(note(directory), { force: true });
}

/** A broker that a killed process left on this directory holds its storage: it is stopped, and nothing it has is lost. */
export async function stopLeftOver(directory: string, log: (line: string) => void): Promise<void> {
  const pid = Number(await readFile(note(directory), 'utf8').catch(() => ''));
  if (!pid || !(await serves(pid, directory))) return;
  log(`A broker of a process that has ended is stopped (process ${pid})`);
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; await serves(pid, directory); waited += 100) {
    if (waited === STOP_MS) process.kill(pid, 'SIGKILL');
    await pause(100);
  }
}

/** Whether the process is a broker on this directory; its id may have been given to another since. */
async function serves(pid: number, directory: string): Promise<boolean> {
  const { stdout } = await run('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes('kafka.Kafka') && stdout.includes(join(directory, 'server.properties'));
}
