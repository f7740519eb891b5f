import type { IHeaders } from 'kafkajs';
import type { LogRecord } from '../log.ts';
import { Connected } from './connected.ts';
import type { KafkaCluster } from './kafka-cluster.ts';

const MAX_WAIT_MS = 100;
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_PARTITION_BYTES = 1024 * 1024;

export interface Fetched {
  readonly records: LogRecord[];
  readonly high: bigint;
}

interface Want {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly give: (fetched: Fetched) => void;
  readonly fail: (error: unknown) => void;
}

interface FetchResponse {
  readonly responses: readonly {
    readonly topicName: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly highWatermark: string;
      readonly messages: readonly FetchedMessage[];
    }[];
  }[];
}

interface FetchedMessage {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: IHeaders;
  readonly offset: string;
  readonly timestamp: string;
}

/**
 * Fetches for many readers over one connection a broker: each round asks for everything wanted at once, as a long
 * poll of 100 ms (the broker answers a connection's requests one after the other).
 *
 * - An offset that Kafka does not have is an error here; kafkajs' own consumer would go to another offset.
 * - After an error the connection is thrown away and every reader of the round is told; they ask again.
 */
export class KafkaFetcher {
  private readonly clusters: Connected<KafkaCluster>;
  private readonly wants = new Set<Want>();
  private running: Promise<void> | undefined;
  private closed = false;

  constructor(makeCluster: () => KafkaCluster) {
    this.clusters = new Connected(makeCluster);
  }

  /** Records from an offset on, as many as come at once; waits for the first. Gives none when the signal aborts. */
  async fetch(topic: string, partition: number, from: bigint, signal: AbortSignal): Promise<Fetched> {
    const done = Promise.withResolvers<Fetched>();
    const want: Want = { topic, partition, from, give: done.resolve, fail: done.reject };
    const nothing = () => done.resolve({ records: [], high: from });
    signal.addEventListener('abort', nothing, { once: true });
    if (signal.aborted || this.closed) nothing();
    else this.wants.add(want);
    this.running ??= this.run();
    try {
      return await done.promise;
    } finally {
      this.wants.delete(want);
      signal.removeEventListener('abort', nothing);
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const want of this.wants) want.give({ records: [], high: want.from });
    await this.running;
    await this.clusters.close();
  }

  private async run(): Promise<void> {
    // A reader that was served asks again in a microtask; the loop ends only when nobody did.
    for (await Promise.resolve(); this.wants.size > 0 && !this.closed; await settled()) await this.round();
    this.running = undefined;
  }

  private async round(): Promise<void> {
    // One reader of a partition a round: a request must not name a partition twice.
    const wants = new Map([...this.wants].reverse().map((want) => [`${want.topic}/${want.partition}`, want]));
    try {
      const cluster = await this.clusters.get();
      await cluster.know([...new Set([...wants.values()].map(({ topic }) => topic))]);
      const byLeader = Map.groupBy(wants.values(), (want) => cluster.leaderOf(want.topic, want.partition));
      await Promise.all([...byLeader].map(([leader, own]) => this.fetchFrom(cluster, leader, own)));
    } catch (error) {
      this.clusters.discard();
      for (const want of wants.values()) this.drop(want, error);
    }
  }

  private async fetchFrom(cluster: KafkaCluster, leader: string | undefined, wants: Want[]): Promise<void> {
    if (leader === undefined) throw new Error('a partition has no leader now');
    const broker = await cluster.broker(leader);
    const topics = [...Map.groupBy(wants, ({ topic }) => topic)].map(([topic, own]) => ({
      topic,
      partitions: own.map(({ partition, from }) => ({
        partition,
        fetchOffset: from.toString(),
        maxBytes: MAX_PARTITION_BYTES,
      })),
    }));
    let answer: FetchResponse;
    try {
      answer = await broker.fetch({ maxWaitTime: MAX_WAIT_MS, minBytes: 1, maxBytes: MAX_BYTES, topics });
    } catch (error) {
      const guilty = wants.find((want) => isOutOfRange(error, want));
      if (!guilty) throw error;
      this.drop(guilty, error);
      return;
    }
    const byPartition = new Map(wants.map((want) => [`${want.topic}/${want.partition}`, want]));
    for (const { topicName, partitions } of answer.responses) {
      for (const { partition, highWatermark, messages } of partitions) {
        const want = byPartition.get(`${topicName}/${partition}`);
        const records = want ? recordsFrom(want, messages) : [];
        if (!want || records.length === 0) continue;
        this.wants.delete(want);
        want.give({ records, high: BigInt(highWatermark) });
      }
    }
  }

  private drop(want: Want, error: unknown): void {
    this.wants.delete(want);
    want.fail(error);
  }
}

/** A compressed batch comes whole, so what is before the offset is dropped here. */
function recordsFrom({ topic, partition, from }: Want, messages: readonly FetchedMessage[]): LogRecord[] {
  return messages
    .map(({ key, value, headers, offset, timestamp }) => ({
      topic,
      partition,
      offset: BigInt(offset),
      key: key?.toString() ?? '',
      value: value ?? Buffer.alloc(0),
      headers: plainHeaders(headers),
      timestamp: Number(timestamp),
    }))
    .filter((record) => record.offset >= from);
}

function plainHeaders(headers: IHeaders = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(Array.isArray(value) ? value[0] : value)]),
  );
}

function isOutOfRange(error: unknown, want: Want): boolean {
  const { name, topic, partition } = error as { name?: string; topic?: string; partition?: number };
  return name === 'KafkaJSOffsetOutOfRange' && topic === want.topic && partition === want.partition;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
