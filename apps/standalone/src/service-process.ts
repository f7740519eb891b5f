import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fchmodSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { environment } from './standalone.config.ts';

const root = join(import.meta.dirname, '../../..');
const READY_MS = 60_000;
const STOP_MS = 15_000;

export interface ServiceProcess {
  readonly service: string;
  readonly port: number;
  readonly pid: number;
  /** resolves when it answers that it is ready; rejects when it ended or took over a minute */
  readonly ready: Promise<void>;
  /** its exit code, null when a signal ended it */
  readonly ended: Promise<number | null>;
  /** asks it to stop in order; kills it when it has not after 15 s */
  stop(): Promise<void>;
}

interface Needs {
  readonly port: number;
  readonly database: string;
  readonly brokers: readonly string[];
  /** its lines go to <service>-<port>.log in here */
  readonly folder: string;
  /** more for its environment, or other values */
  readonly env?: NodeJS.ProcessEnv;
  /** words of its command line */
  readonly words?: readonly string[];
  /** modules that Node loads before it, after the one that reads TypeScript */
  readonly imports?: readonly string[];
}

/** One service in a process of its own, over Kafka. Ctrl-C does not reach it; `stop` does, and the end of this process. */
export function serviceProcess(service: string, needs: Needs): ServiceProcess {
  const { port, database, brokers, folder, env = {}, words = [], imports = [] } = needs;
  const path = join(folder, `${service}-${port}.log`);
  const lines = openSync(path, 'a', 0o600);
  fchmodSync(lines, 0o600); // made by an older program for everybody to read
  const child = spawn(
    process.execPath,
    [
      ...[join(root, 'tools/typescript/register.mjs'), ...imports].flatMap((path) => ['--import', path]),
      join(root, 'apps', service, 'src/main.ts'),
      ...words,
    ],
    {
      detached: true,
      stdio: ['ignore', lines, lines, 'ipc'],
      env: {
        ...environment,
        LOG: 'kafka',
        KAFKA_BROKERS: brokers.join(','),
        DATABASE_URL: database,
        PORT: String(port),
        ...env,
      },
    },
  );
  const atExit = () => child.kill('SIGTERM');
  process.once('exit', atExit);
  child.once('exit', () => process.removeListener('exit', atExit));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const readiness = ready(child, `http://127.0.0.1:${port}/health/ready`, `${service} (see ${path})`);
  readiness.catch(() => undefined); // it may fail before anybody awaits it
  return {
    service,
    port,
    pid: child.pid ?? 0,
    ready: readiness,
    ended,
    stop: () => end(child),
  };
}

async function ready(child: ChildProcess, url: string, what: string): Promise<void> {
  for (let waited = 0; waited < READY_MS; waited += 200) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${what} ended before it was ready.`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok && child.exitCode === null && child.signalCode === null) return;
    await pause(200);
  }
  throw new Error(`${what} was not ready within ${READY_MS / 1000} s.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}
