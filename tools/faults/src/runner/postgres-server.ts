import { openInstallation, type Installation } from '@throughline/standalone';
import { Database } from '@throughline/postgres';
import { setTimeout as pause } from 'node:timers/promises';

export type DatabaseName = keyof Installation['urls'];

/** The run's own PostgreSQL, which may be stopped, killed and started again where it was. */
export class PostgresServer {
  private installation: Installation | undefined;

  constructor(
    readonly directory: string,
    readonly port: number,
    private readonly noted: (pid: number) => void,
  ) {}

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

  private get open(): Installation {
    if (!this.installation) throw new Error('PostgreSQL does not run');
    return this.installation;
  }
}
