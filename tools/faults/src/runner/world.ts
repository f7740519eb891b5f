import type { NodeProcess } from '@throughline/kafka-broker';
import type { Log } from '@throughline/log';
import type { TcpProxy } from '@throughline/log/testing';
import type { PostgresServer } from './postgres-server.ts';
import type { RunDirectory } from './processes.ts';
import type { Service } from './service.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly directory: RunDirectory;
  /** 0: no Kafka, the log is on PostgreSQL */
  readonly brokers: number;
  readonly env: NodeJS.ProcessEnv;
  readonly imports: readonly string[];
  /** PostgreSQL's data is on a small disk, in memory */
  readonly smallDisk: boolean;
}

/** A broker and the proxy that its clients reach it by. */
export interface Broker {
  readonly node: NodeProcess;
  readonly proxy: TcpProxy;
}

export const INSTANCES = [
  ...(['touches', 'leads', 'leads-2', 'opportunities', 'journeys', 'journeys-2'] as const),
  ...(['attribution', 'attribution-2'] as const),
] as const;
export type Instance = (typeof INSTANCES)[number];
/** They run only while a fault wants two that relay one outbox, or that conclude from one log. */
const SPARES: readonly string[] = ['leads-2', 'attribution-2'] satisfies Instance[];
export const PARTITIONS = 12;

/** What one start opened, undone in turn, the last first. */
export type Undo = (() => unknown)[];

interface Parts {
  readonly postgres: PostgresServer;
  readonly brokers: readonly Broker[];
  readonly brokerAddresses: readonly string[];
  readonly log: Log;
  /** where all is one process it stands for each of them */
  readonly services: Readonly<Record<Instance, Service>>;
}

/** Every process that a run attacks, and the proxies between them. */
export class World implements Parts {
  readonly postgres: PostgresServer;
  readonly brokers: readonly Broker[];
  readonly brokerAddresses: readonly string[];
  readonly log: Log;
  readonly services: Readonly<Record<Instance, Service>>;
  /** what did not come back, or only late, noted as it is seen */
  readonly unrest: string[] = [];

  private constructor(
    parts: Parts,
    private readonly undo: Undo,
  ) {
    this.postgres = parts.postgres;
    this.brokers = parts.brokers;
    this.brokerAddresses = parts.brokerAddresses;
    this.log = parts.log;
    this.services = parts.services;
  }

  /** Everything running and ready. What a failed start leaves is ended. */
  static async open(start: (undo: Undo) => Promise<Parts>): Promise<World> {
    const undo: Undo = [];
    try {
      const world = new World(await start(undo), undo);
      await Promise.all(world.lasting.map((service) => service.start()));
      return world;
    } catch (error) {
      await undoAll(undo);
      throw error;
    }
  }

  /** Those that always run. */
  get lasting(): readonly Service[] {
    return this.all.filter(({ name }) => !SPARES.includes(name));
  }

  get all(): readonly Service[] {
    return [...new Set(Object.values(this.services))];
  }

  get proxies(): readonly TcpProxy[] {
    const ways = this.all.flatMap(({ place: { http, database } }) => [http, ...(database ? [database] : [])]);
    return [...this.brokers.map(({ proxy }) => proxy), ...ways];
  }

  /** Ends everything, whatever state it is in. */
  close(): Promise<void> {
    return undoAll(this.undo);
  }
}

async function undoAll(undo: Undo): Promise<void> {
  for (const step of undo.splice(0).reverse()) await step();
}
