import { Connected } from './connected.ts';
import type { KafkaCluster } from './kafka-cluster.ts';
import { fetchFrom } from './fetch-request.ts';
import { batchesOf, type StoredBatch } from './record-set.ts';

const MAX_WAIT_MS = 100;
const MAX_BYTES = 10 * 1024 * 1024;
const MAX_PARTITION_BYTES = 1024 * 1024;
const OFFSET_OUT_OF_RANGE = 1;

export interface Fetched {
  readonly batches: readonly StoredBatch[];
  readonly high: bigint;
}

interface Want {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly give: (fetched: Fetched) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Fetches for many readers over one connection a broker: each round asks for everything wanted at once, as a long
 * poll of 100 ms (the broker answers a connection's requests one after the other).
 *
 * - What comes is batches as they are stored: whoever wants their records decodes them, one partition apart from another.
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

  /** Batches from an offset on, as many as come at once; waits for the first. Gives none when the signal aborts. */
  async fetch(topic: string, partition: number, from: bigint, signal: AbortSignal): Promise<Fetched> {
    const done = Promise.withResolvers<Fetched>();
    const want: Want = { topic, partition, from, give: done.resolve, fail: done.reject };
    const nothing = () => done.resolve({ batches: [], high: from });
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
    for (const want of this.wants) want.give({ batches: [], high: want.from });
    await this.running;
    await this.clusters.close();
  }

  private async run(): Promise<void> {
    // A reader that was served asks again in a microtask; the loop ends only when nobody did.
    for (await Promise.resolve(); this.wants.size > 0 && !this.closed; await settled()) await this.round();
    this.running = undefined;
  }

  private async round(): Promise<void> {
    // One reader of a partition a round: a request must not name a partition twice. Whoever waits longest comes first:
    // only the first partition of a request gets a batch that is larger than the request allows.
    const wants = new Map<string, Want>();
    for (const want of this.wants) {
      const place = `${want.topic}/${want.partition}`;
      if (!wants.has(place)) wants.set(place, want);
    }
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
    const answers = await fetchFrom(await cluster.broker(leader), wants, {
      maxWaitMs: MAX_WAIT_MS,
      maxBytes: MAX_BYTES,
      maxPartitionBytes: MAX_PARTITION_BYTES,
    });
    const byPartition = new Map(wants.map((want) => [`${want.topic}/${want.partition}`, want]));
    for (const answer of answers) {
      const want = byPartition.get(`${answer.topic}/${answer.partition}`);
      if (!want) continue;
      if (answer.error) this.drop(want, answer.error);
      if (answer.error && answer.errorCode !== OFFSET_OUT_OF_RANGE) throw answer.error;
      const batches = batchesOf(answer, want.from).filter(({ next }) => next > want.from);
      if (batches.length === 0) continue;
      this.wants.delete(want);
      want.give({ batches, high: answer.stable });
    }
  }

  private drop(want: Want, error: unknown): void {
    this.wants.delete(want);
    want.fail(error);
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
