import type { ServiceProcess } from '@throughline/standalone';
import type { TcpProxy } from '@throughline/log/testing';

export interface ServicePlace {
  readonly port: number;
  /** before its HTTP port */
  readonly http: TcpProxy;
  /** before its database; null where it has one of its own */
  readonly database: TcpProxy | null;
  /** Starts it with this in its environment besides. */
  launch(more: NodeJS.ProcessEnv): ServiceProcess;
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

  /** Resolves when it answers that it is ready. */
  async start(more: NodeJS.ProcessEnv = {}): Promise<void> {
    if (!this.process) this.begin(more);
    await this.process?.ready;
    await this.place.http.up();
  }

  signal(signal: NodeJS.Signals): void {
    if (this.process) process.kill(this.process.pid, signal);
  }

  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** @returns its exit code and how long it took in milliseconds */
  async end(signal: NodeJS.Signals): Promise<{ code: number | null; tookMs: number }> {
    const { process: ending } = this;
    const from = performance.now();
    this.wanted = undefined;
    if (!ending) return { code: 0, tookMs: 0 };
    this.signal(signal);
    const code = await ending.ended;
    const tookMs = performance.now() - from;
    await this.place.http.down(); // or callers would be cut off where nobody is, and not refused
    return { code, tookMs };
  }

  async stop(): Promise<void> {
    this.wanted = undefined;
    this.signal('SIGCONT');
    await this.process?.stop();
  }

  private begin(more: NodeJS.ProcessEnv): void {
    const started = this.place.launch(more);
    this.process = started;
    this.wanted = started;
    void started.ended.then((code) => {
      if (this.wanted === started) this.crashes.push(code);
      if (this.process === started) this.process = undefined;
    });
  }
}
