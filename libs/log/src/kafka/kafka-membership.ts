import type { Consumer, Kafka } from 'kafkajs';
import type { Assignment } from '../assignment.ts';
import { TopicMissing } from '../log.error.ts';
import { backOff, sleep } from '../sleep.ts';
import { kafkaErrorType } from './kafka-client.ts';

export interface MembershipOptions {
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** how often positions are committed to Kafka, for lag tools only */
  readonly commitMs: number;
}

/**
 * One member of a Kafka consumer group, of which only the membership is used: kafkajs joins, keeps the session
 * alive and says what is assigned, with every partition paused. Records come through `KafkaFetcher`.
 *
 * So no handler runs inside kafkajs: it cannot take a TypeError for a crash, skip to another offset when one is
 * out of range, hold a broker's other partitions behind a slow one, or miss heartbeats during a long batch.
 *
 * - A crashed consumer, or one without a heartbeat for two session time-outs, is thrown away and made anew; its
 *   partitions are given back first.
 * - Offsets committed to Kafka are never read.
 */
export class KafkaMembership {
  private readonly abort = new AbortController();
  private consumer: Consumer | undefined;
  private running: Promise<void> = Promise.resolve();
  private lastSign = 0;

  constructor(
    private readonly kafka: Kafka,
    private readonly options: MembershipOptions,
    private readonly assignment: Assignment,
  ) {}

  /** @throws TopicMissing; other failures are tried again until `stop` */
  async start(): Promise<void> {
    const joined = Promise.withResolvers<undefined>();
    this.running = this.run(this.abort.signal, joined);
    await joined.promise;
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
  }

  private async run(
    signal: AbortSignal,
    joined: { resolve(value: undefined): void; reject(error: Error): void },
  ): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      try {
        const lost = await this.join();
        failures = 0;
        joined.resolve(undefined);
        await this.attend(lost, signal);
      } catch (error) {
        if (kafkaErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION') {
          joined.reject(new TopicMissing(this.options.topics.join(', ')));
        }
      }
      await this.leave();
      joined.resolve(undefined);
      if (!signal.aborted) await sleep(backOff(failures++), signal);
    }
  }

  /** @returns a signal that aborts when the consumer crashed */
  private async join(): Promise<AbortSignal> {
    const { group, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.options;
    const lost = new AbortController();
    const consumer = this.kafka.consumer({
      groupId: group,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 3),
      maxWaitTimeInMs: 100,
      retry: {
        retries: 8,
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        factor: 0.2,
        multiplier: 2,
        restartOnFailure: async () => false,
      },
    });
    this.consumer = consumer;
    const { GROUP_JOIN, HEARTBEAT, CRASH } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload }) => this.assigned(consumer, payload.memberAssignment));
    consumer.on(HEARTBEAT, () => this.sign());
    consumer.on(CRASH, () => lost.abort());
    this.sign();
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => undefined });
    return lost.signal;
  }

  private assigned(consumer: Consumer, assignment: Readonly<Record<string, number[]>>): void {
    if (this.consumer !== consumer || this.abort.signal.aborted) return;
    this.sign();
    consumer.pause(this.options.topics.map((topic) => ({ topic })));
    const partitions = Object.entries(assignment).flatMap(([topic, own]) =>
      own.map((partition) => ({ topic, partition })),
    );
    void this.assignment.replace(partitions);
  }

  /** Watches over the session until it is lost or to be given up. */
  private async attend(lost: AbortSignal, signal: AbortSignal): Promise<void> {
    const { sessionTimeoutMs, commitMs } = this.options;
    const ended = AbortSignal.any([lost, signal]);
    while (!ended.aborted) {
      await sleep(commitMs, ended);
      if (performance.now() - this.lastSign > 2 * sessionTimeoutMs) return;
      if (!lost.aborted) await this.commit();
    }
  }

  private async commit(): Promise<void> {
    const offsets = this.assignment
      .positions()
      .map(({ topic, partition, next }) => ({ topic, partition, offset: next.toString() }));
    if (offsets.length > 0) await this.consumer?.commitOffsets(offsets).catch(() => undefined);
  }

  private async leave(): Promise<void> {
    await this.assignment.replace([]);
    const { consumer } = this;
    this.consumer = undefined;
    await consumer?.disconnect().catch(() => undefined);
  }

  private sign(): void {
    this.lastSign = performance.now();
  }
}
