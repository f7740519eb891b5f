import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { ProxiedConnection, type Toxics, type Watch } from './proxied-connection.ts';

export interface ProxyOptions {
  /** a free one unless told */
  readonly port?: number;
  /** 0 up to 1: what is left to chance follows from it */
  readonly random?: () => number;
}

/** Stands between clients and one server, and does to their connections what networks do. Speaks toxiproxy's words. */
export class TcpProxy {
  private readonly connections = new Set<ProxiedConnection>();
  private readonly watches = new Set<Watch>();
  private toxics: Toxics = {};
  private listener: Server | undefined;

  private constructor(
    private readonly target: { host: string; port: number },
    private readonly random: () => number,
    public readonly port: number,
  ) {}

  static async start(
    target: { host: string; port: number },
    { port = 0, random = Math.random }: ProxyOptions = {},
  ): Promise<TcpProxy> {
    const server = createServer();
    await once(server.listen(port, '127.0.0.1'), 'listening');
    const address = server.address();
    const proxy = new TcpProxy(target, random, typeof address === 'object' ? (address?.port ?? 0) : 0);
    proxy.accept(server);
    return proxy;
  }

  /** From now on all connections, present and new, have these properties and no others. */
  poison(toxics: Toxics): void {
    this.toxics = toxics;
  }

  /** From now on the present connections carry nothing, either way, and stay open. New ones work. */
  silence(): void {
    for (const connection of this.connections) connection.silence('both');
  }

  /** From now on the present connections carry requests but no replies, and new ones work. */
  dropReplies(): void {
    for (const connection of this.connections) connection.silence('replies');
  }

  /** Ends the present connections, as a broker's restart would; new ones work. */
  cut(): void {
    for (const connection of this.connections) connection.cut();
  }

  /** Ends the present connections and refuses new ones, until `up`. */
  async down(): Promise<void> {
    const { listener } = this;
    this.listener = undefined;
    const closed = listener && once(listener.close(), 'close');
    this.cut();
    await closed;
  }

  async up(): Promise<void> {
    if (this.listener) return;
    const server = createServer();
    await once(server.listen(this.port, '127.0.0.1'), 'listening');
    this.accept(server);
  }

  /** Calls `seen` for every piece of a request that holds the text. @returns what ends it */
  watch(text: string, seen: () => void): () => void {
    const watch = { text: Buffer.from(text), seen };
    this.watches.add(watch);
    return () => void this.watches.delete(watch);
  }

  /** Everything as it was at the start, for connections that are not dead by what was done to them. */
  async heal(): Promise<void> {
    this.toxics = {};
    this.watches.clear();
    for (const connection of this.connections) if (connection.isSilent) connection.cut();
    await this.up();
  }

  /** Ends everything; the port is free again. */
  stop(): Promise<void> {
    return this.down();
  }

  private accept(server: Server): void {
    this.listener = server;
    server.on('connection', (client: Socket) => {
      const { host, port } = this.target;
      const connection = new ProxiedConnection(client, connect(port, host), {
        toxics: () => this.toxics,
        watches: this.watches,
        random: this.random,
      });
      this.connections.add(connection);
      void connection.ended.then(() => this.connections.delete(connection));
    });
  }
}
