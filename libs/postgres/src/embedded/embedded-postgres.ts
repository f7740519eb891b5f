import { mkdirSync, realpathSync } from 'node:fs';
import { Session } from '../session.ts';
import { claim } from './claim.ts';
import { prepareCluster, type Cluster } from './cluster.ts';
import { launch } from './launch.ts';
import { disownPid, holdsWithin, readPostmaster, signalIfThere, stopPostmaster } from './postmaster.ts';
import type { Postmaster } from './postmaster.ts';
import { isAlive, servesData } from './process-table.ts';

export interface EmbeddedOptions {
  /** holds everything: data/, superuser.password, port, server.log; made when missing, removed to begin anew */
  readonly directory: string;
  /** chosen and remembered unless told */
  readonly port?: number;
  readonly log?: (line: string) => void;
}

/** A server left behind may be recovering or stopping; one that is neither answers at once. */
const SETTLE_MS = 15_000;
const ANSWER_MS = 3_000;

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
    this.adminUrl = adminUrl(cluster.password, port);
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
async function leftBehind({ data, ...cluster }: Cluster): Promise<Postmaster | null> {
  const found = readPostmaster(data);
  if (found && isAlive(found.pid) && servesData(found.pid, data)) {
    await holdsWithin(SETTLE_MS, () => !isAlive(found.pid) || readPostmaster(data)?.ready === true);
    const now = readPostmaster(data);
    if (now?.pid === found.pid && (await answers(cluster.password, now))) return now;
    await stopPostmaster(found.pid);
  }
  if (readPostmaster(data)) disownPid(data);
  return null;
}

async function answers(password: string, { port }: Postmaster): Promise<boolean> {
  try {
    const url = adminUrl(password, port);
    const session = await Session.open({ url, name: 'embedded', connectTimeoutMs: ANSWER_MS });
    await session.close();
    return true;
  } catch {
    return false;
  }
}

function adminUrl(password: string, port: number): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}
