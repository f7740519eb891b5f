import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { spawnPlan } from './cluster.ts';
import { choosePort } from './port.ts';
import { holdsWithin, readPostmaster, type Postmaster } from './postmaster.ts';

/** Recovery after a crash replays at most max_wal_size; a slow disk needs its time for that. */
const READY_MS = 120_000;
const TRIES = 8;

/**
 * Given on the command line, so that a newer program brings its own. Durable (fsync and synchronous_commit are on by
 * default and stay so); no parallel workers, whose shared memory does not fit the 64 MB of a container's /dev/shm.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] %q%a ',
};

/**
 * Starts a server and waits until it takes connections. Tries again where the port was taken in between, or where a
 * backend of a killed server has not yet ended.
 */
export async function launch(cluster: Cluster, askedPort?: number): Promise<Postmaster> {
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(cluster.directory, askedPort);
    const child = spawnServer(cluster, port);
    const ready = await becomesReady(cluster, child);
    if (ready) return ready;
    const said = lastLines(cluster.log);
    const passing = /Address already in use|pre-existing shared memory block|lock file .* is empty/.test(
      said,
    );
    if (!passing || attempt === TRIES) {
      throw new Error(`PostgreSQL did not start. Its log, ${cluster.log}, ends with:\n${said}`);
    }
    await pause(250);
  }
}

/** In a process group of its own, so that Ctrl-C reaches Node only, which stops the server after its services. */
function spawnServer(cluster: Cluster, port: number): ChildProcess {
  if (existsSync(cluster.log)) renameSync(cluster.log, cluster.log.replace(/\.log$/, '.previous.log'));
  const { dataArgument, options } = spawnPlan(cluster, cluster.data);
  const settings = Object.entries({ ...SETTINGS, port: String(port) });
  const log = openSync(cluster.log, 'a', 0o600);
  try {
    const child = spawn(
      join(cluster.native, 'bin', 'postgres'),
      ['-D', dataArgument, ...settings.flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      { ...options, detached: true, stdio: ['ignore', log, log] },
    );
    child.on('error', () => undefined); // shows as a process that never was: pid undefined
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

async function becomesReady({ data }: Cluster, child: ChildProcess): Promise<Postmaster | null> {
  const ended = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const found = () => {
    const postmaster = readPostmaster(data);
    return postmaster?.pid === child.pid && postmaster?.ready ? postmaster : null;
  };
  await holdsWithin(READY_MS, () => ended() || found() !== null);
  return ended() ? null : found();
}

function lastLines(log: string): string {
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
}
