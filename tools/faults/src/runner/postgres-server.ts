import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Database } from '@throughline/postgres';
import { openInstallation, type Installation } from '@throughline/standalone';

export type DatabaseName = keyof Installation['urls'];
type Opened = Pick<Installation, 'adminUrl' | 'pid' | 'urls' | 'stop'>;

/** PostgreSQL, of the run's own, which may be stopped, killed and started again where it was, or of the one process. */
export class PostgresServer {
  private installation: Opened | undefined;

  constructor(
    /** of the whole installation, with its own folder `postgres` */
    readonly directory: string,
    readonly port: number,
    private readonly noted: (pid: number) => void,
  ) {}

  /** The server that another process runs on a data directory, and will run again after its own end. */
  static of(directory: string): PostgresServer {
    const server = join(directory, 'postgres');
    const line = (n: number) =>
      readFileSync(join(server, 'data/postmaster.pid'), 'utf8').split('\n')[n] ?? '';
    const port = line(3);
    const password = readFileSync(join(server, 'superuser.password'), 'utf8').trim();
    const passwords = JSON.parse(readFileSync(join(directory, 'credentials.json'), 'utf8')) as Record<
      string,
      string
    >;
    const found = new PostgresServer(directory, Number(port), () => undefined);
    const url = (role: string, word: string, name: string) =>
      `postgres://${role}:${word}@127.0.0.1:${port}/${name}`;
    found.installation = {
      adminUrl: url('postgres', password, 'postgres'),
      get pid() {
        return Number(line(0));
      },
      urls: Object.fromEntries(
        Object.entries(passwords).map(([role, word]) => [role, url(role, word, role)]),
      ) as Opened['urls'],
      stop: async () => undefined,
    };
    return found;
  }

  async start(): Promise<void> {
    this.installation = await openInstallation(this.directory, () => undefined, this.port);
    this.noted(this.installation.pid);
  }

  get pid(): number {
    return this.open.pid;
  }

  /** as superuser */
  get adminUrl(): string {
    return this.open.adminUrl;
  }

  /** without a proxy between */
  url(name: DatabaseName): string {
    return this.open.urls[name];
  }

  get isRunning(): boolean {
    try {
      return process.kill(this.pid, 0);
    } catch {
      return false;
    }
  }

  /** Fast shutdown. */
  async stop(): Promise<void> {
    await this.installation?.stop();
    this.installation = undefined;
  }

  /** The postmaster ends at once; its backends see it and follow. */
  async kill(): Promise<void> {
    process.kill(this.pid, 'SIGKILL');
    await pause(100);
    await this.stop();
  }

  /** As superuser, in one service's database or in none; for what only an operator or an accident does. */
  async asAdmin<T>(work: (database: Database) => Promise<T>, name?: DatabaseName): Promise<T> {
    const url = new URL(this.open.adminUrl);
    if (name) url.pathname = `/${name}`;
    const database = await Database.open({ url: url.href, name: 'faults', poolSize: 2 });
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }

  private get open(): Opened {
    if (!this.installation) throw new Error('PostgreSQL does not run');
    return this.installation;
  }
}
