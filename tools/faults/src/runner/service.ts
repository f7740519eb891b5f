import { serviceProcess, type ServiceProcess } from '@throughline/standalone';
import type { TcpProxy } from '@throughline/log/testing';

export interface ServicePlace {
  readonly service: 'touches' | 'leads' | 'opportunities' | 'journeys';
  readonly port: number;
  /** before its HTTP port */
  readonly http: TcpProxy;
  /** before its database */
  readonly database: TcpProxy;
  readonly databaseUrl: () => string;
  readonly brokers: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly imports: readonly string[];
  readonly folder: string;
  readonly noted: (pid: number) => void;
}

/** One service under attack: its process comes and goes, its place stays. */
export class Service {
  private process: ServiceProcess | undefined;
  private wanted: ServiceProcess | undefined;
  /** exit codes of processes that ended though nobody here ended them */
  readonly crashes: (number | null)[] = [];

  constructor(
    readonly name: string,
    readonly place: ServicePlace,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.place.http.port}`;
  }

  /** past the proxy */
  get ownUrl(): string {
    return `http://127.0.0.1:${this.place.port}`;
  }

  get isRunning(): boolean {
    return this.process !== undefined;
  }

  /** Resolves once it runs; `ready` tells when it answers. */
  launch(more: NodeJS.ProcessEnv = {}): { ready: Promise<void> } {
    const { service, port, databaseUrl, brokers, folder, env, imports, noted } = this.place;
    const url = new URL(databaseUrl());
    url.port = String(this.place.database.port);
    const started = serviceProcess(service, {
      ...{ port, brokers, folder, imports },
      database: url.href,
      env: { ...env, ...more },
    });
    noted(started.pid);
    this.process = started;
    this.wanted = started;
    void started.ended.then((code) => {
      if (this.wanted === started) this.crashes.push(code);
      if (this.process === started) this.process = undefined;
    });
    return started;
  }

  async start(more: NodeJS.ProcessEnv = {}): Promise<void> {
    if (!this.isRunning) await this.launch(more).ready;
    await this.place.http.up();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.process) process.kill(this.process.pid, signal);
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Asks it to stop in order. @returns its exit code and how long it took in milliseconds */
  async end(signal: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }> {
    const { process: ending } = this;
    const from = performance.now();
    this.wanted = undefined;
    if (!ending) return { code: 0, tookMs: 0 };
    this.signal(signal);
    const code = await ending.ended;
    await this.place.http.down(); // or callers would be cut off where nobody is, and not refused
    return { code, tookMs: performance.now() - from };
  }

  async stop(): Promise<void> {
    this.wanted = undefined;
    this.signal('SIGCONT');
    await this.process?.stop();
  }
}
