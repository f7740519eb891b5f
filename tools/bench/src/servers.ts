import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaToolMissing, startCluster, type Cluster } from '@throughline/kafka-broker';
import { EmbeddedPostgres, provision } from '@throughline/postgres';

/**
 * The PostgreSQL and the Kafka broker that the benches measure on: started when first asked for, in temporary folders,
 * stopped and removed by `stop`. Both keep what they acknowledge (PostgreSQL with fsync and synchronous_commit on).
 */
export class Servers {
  #postgres: Promise<EmbeddedPostgres> | undefined;
  #broker: Promise<Cluster | string> | undefined;
  readonly #undo: (() => Promise<unknown>)[] = [];

  /** @param withKafka false leaves Kafka out, as NO_KAFKA=1 does for the tests */
  constructor(private readonly withKafka: boolean) {}

  async postgresUrl(label: string): Promise<string> {
    this.#postgres ??= this.#startPostgres();
    const { adminUrl } = await this.#postgres;
    const name = `bench_${label.toLowerCase().replace(/[^a-z0-9]+/g, '_')}_${randomBytes(4).toString('hex')}`;
    const database = { database: name, role: name, password: randomBytes(12).toString('hex') };
    return (await provision(adminUrl, [database]))[name] as string;
  }

  async brokers(): Promise<readonly string[]> {
    this.#broker ??= this.#startBroker();
    const broker = await this.#broker;
    if (typeof broker === 'string') throw new KafkaToolMissing(broker);
    return broker.brokers;
  }

  /** Why there is no broker to be had, or null where there is one, started by this call if need be. */
  async withoutKafka(): Promise<string | null> {
    this.#broker ??= this.#startBroker();
    const broker = await this.#broker;
    return typeof broker === 'string' ? broker : null;
  }

  /** A new broker that is the caller's to stop, or why there is none. */
  async kafka(directory: string): Promise<Cluster | string> {
    if (!this.withKafka) return 'NO_KAFKA=1';
    try {
      return await startCluster({ directory, count: 1 });
    } catch (error) {
      if (error instanceof KafkaToolMissing) return error.message;
      throw error;
    }
  }

  async stop(): Promise<void> {
    await Promise.allSettled([this.#postgres, this.#broker]);
    while (this.#undo.length > 0) await this.#undo.pop()?.();
  }

  async #startPostgres(): Promise<EmbeddedPostgres> {
    const directory = await mkdtemp(join(tmpdir(), 'throughline-bench-postgres-'));
    await chmod(directory, 0o755); // the server may run under another account
    this.#undo.push(() => rm(directory, { recursive: true, force: true }));
    const postgres = await EmbeddedPostgres.start({ directory });
    this.#undo.push(() => postgres.stop());
    return postgres;
  }

  async #startBroker(): Promise<Cluster | string> {
    const directory = await mkdtemp(join(tmpdir(), 'throughline-bench-kafka-'));
    this.#undo.push(() => rm(directory, { recursive: true, force: true }));
    const broker = await this.kafka(directory);
    if (typeof broker !== 'string') this.#undo.push(() => broker.stop());
    return broker;
  }
}
