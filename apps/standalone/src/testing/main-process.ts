import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Running } from '@throughline/client';

const root = join(import.meta.dirname, '../../../..');

/** What `npm start` runs, on a folder of the test's own. */
export interface MainProcess {
  readonly pid: number;
  readonly running: Running;
  /** its PostgreSQL server */
  readonly postmaster: number;
  /** Sends a signal and waits until it has ended. @returns its exit code, null when the signal ended it */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** @throws with what it said, when it ends before it is ready */
export async function mainProcess(home: string, port = 0): Promise<MainProcess> {
  const data = join(home, 'data');
  const main = join(root, 'apps/standalone/src/main.ts');
  const child = spawn(
    process.execPath,
    ['--import', join(root, 'tools/typescript/register.mjs'), main, '--data', data, '--port', String(port)],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, THROUGHLINE_HOME: home } },
  );
  const atExit = () => child.kill('SIGTERM');
  process.once('exit', atExit);
  const ended = once(child, 'exit').finally(() => process.removeListener('exit', atExit));
  await ready(child);
  return {
    pid: child.pid ?? 0,
    running: JSON.parse(readFileSync(join(home, 'running.json'), 'utf8')) as Running,
    postmaster: Number(readFileSync(join(data, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0]),
    async end(signal) {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${said.join('\n')}`)));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line);
        if (line.startsWith('Ready')) resolve();
      });
    }
  });
}
