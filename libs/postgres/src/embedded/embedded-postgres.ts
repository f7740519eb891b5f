import { mkdirSync, realpathSync } from 'node:fs';
import { Session } from '../session.ts';
import { claim } from './claim.ts';
import { prepareCluster, type Cluster } from './cluster.ts';
import { launch } from './launch.ts';
import { disownPid, holdsWithin, isAlive, readPostmaster, servesData } from './postmaster.ts';
import { signalIfThere, stopPostmaster, type Postmaster } from './postmaster.ts';

export interface EmbeddedOptions {
  /** holds everything: data/, superuser.password, port, server.log; made when missing, removed to begin anew */
  readonly directory: string;
  /** chosen and remembered unless told */
  readonly port?: number;
  readonly log?: (line: string) => void;
}

const ANSWER_MS = 15_000;

/**
 * A PostgreSQL server of this process's own, from the binaries of npm.
 *
 * Guarantees:
 * - One living owner per directory; a second is refused.
 * - A server left by a killed owner is adopted if it answers, else stopped and started anew; nothing committed is lost.
 * - It runs as root too, under another account, whatever directory it is in (Linux).
 * - Ctrl-C does not reach it; it is stopped by `stop`, or signalled when Node ends without.
 */
export class EmbeddedPostgres {
  /** as superuser, to the database `postgres`; holds the password */
  readonly adminUrl: string;
  readonly pid: number;
  readonly #release: () => void;
  readonly #atExit: () => void;
  #stopping: Promise<void> | undefined;

  private constructor(cluster: Cluster, { pid, port }: Postmaster, release: () => void) {
    this.adminUrl = adminUrl(cluster, port);
    this.pid = pid;
    this.#release = release;
    this.#atExit = () => {
      signalIfThere(pid, 'SIGINT');
      release();
    };
    process.once('exit', this.#atExit);
  }

  /** @throws with what to do and the end of the server's log */
  static async start(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
    const log = options.log ?? (() => undefined);
    mkdirSync(options.directory, { recursive: true });
    const directory = realpathSync(options.directory);
    const release = claim(directory);
    try {
      const cluster = prepareCluster(directory);
      const left = await leftBehind(cluster);
      log(
        left
          ? `PostgreSQL of a process that has ended: taken over (process ${left.pid})`
          : 'PostgreSQL starts',
      );
      return new EmbeddedPostgres(cluster, left ?? (await launch(cluster, options.port)), release);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Fast shutdown: open transactions are rolled back, what is committed is on disk. */
  stop(): Promise<void> {
    this.#stopping ??= stopPostmaster(this.pid).then(() => {
      process.removeListener('exit', this.#atExit);
      this.#release();
    });
    return this.#stopping;
  }
}

/** The server that another process left on this data, if it answers; one that does not is stopped. */
async function leftBehind(cluster: Cluster): Promise<Postmaster | null> {
  const found = readPostmaster(cluster.data);
  if (!found || !isAlive(found.pid)) return null;
  if (!servesData(found.pid, cluster.data)) {
    disownPid(cluster.data);
    return null;
  }
  const settled = () => !isAlive(found.pid) || readPostmaster(cluster.data)?.ready === true;
  await holdsWithin(ANSWER_MS, settled);
  if (!isAlive(found.pid)) return null;
  const postmaster = readPostmaster(cluster.data);
  if (postmaster?.pid === found.pid && (await answers(cluster, postmaster).catch(() => false)))
    return postmaster;
  await stopPostmaster(found.pid);
  return null;
}

async function answers(cluster: Cluster, { port }: Postmaster): Promise<boolean> {
  const session = await Session.open({ url: adminUrl(cluster, port), name: 'embedded' });
  try {
    await session.query('SELECT 1');
    return true;
  } finally {
    await session.close();
  }
}

function adminUrl({ password }: Cluster, port: number): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}
