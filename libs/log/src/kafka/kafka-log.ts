import type { Message } from 'kafkajs';
import { Assignment, type StartLoop } from '../assignment.ts';
import { LogUnavailable, TopicMissing } from '../log.error.ts';
import type {
  Batch,
  Log,
  LogObserver,
  Mark,
  NewRecord,
  Placement,
  Range,
  Running,
  Subscription,
  TopicSettings,
} from '../log.ts';
import { observedLog } from '../observed-log.ts';
import { extentOf, missingIn } from '../extent.ts';
import { PartitionLoop, type PartitionSource } from '../partition-loop.ts';
import { partitionOf } from '../partition-of.ts';
import { within } from '../within.ts';
import { Connected } from './connected.ts';
import { FetchCursor, upTo } from './fetch-cursor.ts';
import { chunksOf } from './chunks.ts';
import { isAway, kafkaClient, type KafkaClientOptions } from './kafka-client.ts';
import { KafkaCluster } from './kafka-cluster.ts';
import { KafkaFetcher } from './kafka-fetcher.ts';
import { KafkaMembership } from './kafka-membership.ts';
import { checkKafkaTopics, createKafkaTopics } from './kafka-topics.ts';
import type { Place } from './record-batch.ts';
import { TopicSender } from './topic-sender.ts';

/** A broker whose packets are dropped would hold a start for a minute, since kafkajs connects again and again. */
const CHECK_MS = 10_000;
const never = new AbortController().signal;

export interface KafkaLogOptions extends KafkaClientOptions {
  readonly observe?: LogObserver;
  /** most records a batch, 1,000 unless told */
  readonly batchSize?: number;
  /** a member without a sign of life for so long loses its partitions: 10,000 to 30,000 ms, 15,000 unless told */
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly commitMs?: number;
  readonly haltedMs?: number;
  /** replicas of topics made here, 1 unless told */
  readonly replication?: number;
  /** the mutants' seams */
  readonly Loop?: typeof PartitionLoop;
  readonly Sender?: typeof TopicSender;
}

/** The log in Apache Kafka; see README for what it promises. Connects at first use. */
export function kafkaLog(options: KafkaLogOptions): Log {
  return observedLog(new KafkaLog(options), options.observe);
}

export class KafkaLog implements Log {
  readonly kind = 'kafka';
  private readonly readingClient;
  private readonly sendingClient;
  private readonly metadata: Connected<KafkaCluster>;
  private readonly reader: KafkaFetcher;
  private readonly senders = new Map<string, TopicSender>();
  private readonly partitionCounts = new Map<string, number>();
  private readonly running = new Set<Running>();

  constructor(private readonly options: KafkaLogOptions) {
    this.readingClient = kafkaClient(options, 'patient');
    this.sendingClient = kafkaClient(options, 'once');
    this.metadata = new Connected(() => this.cluster());
    this.reader = new KafkaFetcher(() => this.cluster());
  }

  async send(
    topic: string,
    records: readonly NewRecord[],
    { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
  ): Promise<Placement[]> {
    const deadline = performance.now() + timeoutMs;
    const partitions = await this.knownPartitions(topic, timeoutMs);
    const placements: Placement[] = [];
    for (const chunk of chunksOf(records)) {
      const messages = chunk.map((record) => this.message(record, partitionOf(record.key, partitions)));
      const next = await this.sender(topic).send(messages, deadline - performance.now());
      for (const { partition = 0 } of messages) {
        const offset = next.get(partition) ?? -1n;
        placements.push({ topic, partition, offset });
        next.set(partition, offset + 1n);
      }
    }
    return placements;
  }

  protected message({ key, value, headers, timestamp }: NewRecord, partition: number): Message {
    return { key, value, headers: { ...headers }, timestamp: timestamp.toString(), partition };
  }

  marks(topic: string): Promise<Mark[]> {
    return answered(
      topic,
      this.metadata.use((cluster) => cluster.marks(topic)),
    );
  }

  async *read({ topic, partition, from, to, batchSize = 1_000 }: Range): AsyncGenerator<Batch> {
    const mark = (await this.marks(topic)).find((it) => it.partition === partition);
    if (!mark || from < mark.low || to > mark.high) {
      throw new RangeError(`${topic}/${partition} has ${mark?.low} to ${mark?.high}, not ${from} to ${to}`);
    }
    const cursor = new FetchCursor(this.reader, await this.place(topic, partition));
    for (let next = from; next < to;) {
      const most = Math.min(batchSize, Number(to - next));
      const portion = upTo(to, await cursor.fetch(next, most, never));
      const extent = extentOf(portion);
      if (!extent || missingIn(next, portion)) {
        throw new RangeError(`${topic}/${partition} has no record ${next}, or a gap after it`);
      }
      yield { topic, partition, ...portion };
      ({ next } = extent.end);
    }
  }

  async subscribe(subscription: Subscription): Promise<Running> {
    const Loop = this.options.Loop ?? PartitionLoop;
    const { batchSize = 1_000, haltedMs = 30_000 } = this.options;
    const fetcher = new KafkaFetcher(() => this.cluster());
    const start: StartLoop = ({ topic, partition }) => {
      let cursor: FetchCursor | undefined;
      const source: PartitionSource = {
        mark: () => this.mark(topic, partition),
        fetch: async (from, most, signal) => {
          cursor ??= new FetchCursor(fetcher, await this.place(topic, partition));
          return cursor.fetch(from, most, signal);
        },
      };
      return new Loop({ topic, partition, subscription, source, batchSize, haltedMs });
    };
    const assignment = new Assignment(start);
    const { sessionTimeoutMs = 15_000, rebalanceTimeoutMs = 30_000, commitMs = 5_000 } = this.options;
    const { group, topics } = subscription;
    const membership = new KafkaMembership(
      this.readingClient,
      { group, topics, sessionTimeoutMs, rebalanceTimeoutMs, commitMs },
      assignment,
    );
    const running: Running = {
      owned: () => assignment.owned(),
      stop: async () => {
        this.running.delete(running);
        await assignment.stop();
        await membership.stop();
        await fetcher.close();
      },
    };
    this.running.add(running);
    try {
      await membership.start();
    } catch (error) {
      await running.stop();
      throw error;
    }
    return running;
  }

  async createTopics(topics: readonly TopicSettings[]): Promise<void> {
    await createKafkaTopics(this.readingClient, topics, this.options.replication ?? 1);
    await this.checkTopics(topics);
  }

  checkTopics(topics: readonly TopicSettings[]): Promise<void> {
    const names = topics.map(({ name }) => name).join(', ');
    const late = () => new LogUnavailable(names, `no answer within ${CHECK_MS} ms`);
    return answered(names, within(CHECK_MS, checkKafkaTopics(this.readingClient, topics), late));
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((running) => running.stop()));
    await Promise.all([...this.senders.values()].map((sender) => sender.close()));
    await this.reader.close();
    await this.metadata.close();
  }

  private cluster(): KafkaCluster {
    return new KafkaCluster(this.readingClient);
  }

  private sender(topic: string): TopicSender {
    const Sender = this.options.Sender ?? TopicSender;
    const sender = this.senders.get(topic) ?? new Sender(this.sendingClient, topic);
    this.senders.set(topic, sender);
    return sender;
  }

  private async mark(topic: string, partition: number): Promise<Mark> {
    const mark = (await this.marks(topic)).find((it) => it.partition === partition);
    if (!mark) throw new TopicMissing(`${topic}/${partition}`);
    return mark;
  }

  private async place(topic: string, partition: number): Promise<Place> {
    const partitions = await this.knownPartitions(topic, CHECK_MS);
    return { topic, partition, partitionOf: (key) => partitionOf(key, partitions) };
  }

  /** Looked up once: partitions are never added to a topic, since every key would move. */
  private async knownPartitions(topic: string, timeoutMs: number): Promise<number> {
    const known = this.partitionCounts.get(topic);
    if (known !== undefined) return known;
    const late = () => new LogUnavailable(topic, `no answer within ${timeoutMs} ms`);
    try {
      const look = this.metadata.use((cluster) => cluster.partitions(topic));
      const { length } = await within(timeoutMs, look, late);
      this.partitionCounts.set(topic, length);
      return length;
    } catch (error) {
      if (error instanceof TopicMissing || error instanceof LogUnavailable) throw error;
      throw new LogUnavailable(topic, (error as Error).message, { cause: error });
    }
  }
}

/** A broker that is away becomes LogUnavailable; what it answered stays as it is. */
async function answered<T>(topic: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LogUnavailable || !isAway(error)) throw error;
    throw new LogUnavailable(topic, (error as Error).message, { cause: error });
  }
}
