import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, type Running } from '@throughline/client';

const root = join(import.meta.dirname, '../../..');
export type LogKind = 'postgres' | 'kafka';

/** A fresh installation of its own: the services in one process over the embedded log, or apart over Kafka. */
export interface FreshInstallation {
  readonly client: Client;
  /** Waits until everything sent has gone through outbox, log, reactor and projection. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws with its last lines when it does not get ready */
export async function freshInstallation(log: LogKind): Promise<FreshInstallation> {
  const home = mkdtempSync(join(tmpdir(), 'throughline-check-'));
  const [main, words] =
    log === 'postgres'
      ? ['main.ts', ['--empty', '--port', '0']]
      : ['services.ts', ['--port', String(await freePort())]];
  const child = spawn(
    process.execPath,
    [
      '--import',
      join(root, 'tools/typescript/register.mjs'),
      join(root, 'apps/standalone/src', main),
      ...words,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, THROUGHLINE_HOME: home } },
  );
  await ready(child);
  const { urls } = JSON.parse(readFileSync(join(home, 'running.json'), 'utf8')) as Running;
  const client = new Client(urls);
  return {
    client,
    settled: () => settled(client),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The first of a row of ports that are free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return Math.min(port, 60_000);
}

function ready(child: ChildProcess): Promise<void> {
  const last: string[] = [];
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`The installation ended with ${code}:\n${last.join('\n')}`)),
    );
    if (!child.stdout) return;
    createInterface({ input: child.stdout }).on('line', (line) => {
      last.push(line);
      if (line.startsWith('Ready')) resolve();
    });
  });
}

interface Health {
  readonly checks: Readonly<Record<string, { detail?: { pending?: number; events?: number } }>>;
}

const QUIET_ROUNDS = 3;

/** Nothing waits anywhere, seen several times in a row: a reactor may just have made work for a relay. */
async function settled(client: Client): Promise<void> {
  for (let quiet = 0; quiet < QUIET_ROUNDS;) {
    const services = ['touches', 'leads', 'opportunities', 'journeys'] as const;
    const answers = await Promise.all(
      services.map((service) => client.get<Health>(service, '/health/fresh').catch(() => null)),
    );
    const waiting = answers.flatMap((answer) =>
      answer === null
        ? [1]
        : Object.values(answer.checks).map(({ detail }) => (detail?.pending ?? 0) + (detail?.events ?? 0)),
    );
    quiet = waiting.every((count) => count === 0) ? quiet + 1 : 0;
    await pause(300);
  }
}
