import kafkajs, { type Kafka, type Message, type Producer } from 'kafkajs';
import { LogUnavailable, TopicMissing } from '../log.error.ts';
import { sleep } from '../sleep.ts';
import { within } from '../within.ts';
import { Connected } from './connected.ts';
import { kafkaErrorType } from './kafka-client.ts';

const AGAIN_MS = 100;
const never = new AbortController().signal;

/**
 * Sends to one topic.
 *
 * - One awaited send at a time, acks -1: what a key was sent first is stored first.
 * - The producer is neither idempotent nor transactional: kafkajs takes sequence numbers back after an error, and
 *   the broker then drops the next batch as a repeat of the last (1,580 of 133,100 acknowledged records lost when
 *   measured). After any failed send it is thrown away with its connection, and the next send makes another.
 * - Where a broker refused (leadership moved) the send is tried again until its time is up; where no answer came
 *   it is not, since whether the records were stored is unknown.
 */
export class TopicSender {
  private readonly producer: Connected<Producer>;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    kafka: Kafka,
    private readonly topic: string,
  ) {
    this.producer = new Connected(() =>
      kafka.producer({
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        allowAutoTopicCreation: false,
        idempotent: false,
        maxInFlightRequests: 1,
      }),
    );
  }

  /** @returns the first offset by partition. @throws LogUnavailable, TopicMissing */
  send(messages: readonly Message[], timeoutMs: number): Promise<Map<number, bigint>> {
    const deadline = performance.now() + timeoutMs;
    const sent = this.last.then(() => this.sendBy(deadline, timeoutMs, messages));
    this.last = sent.catch(() => undefined);
    return sent;
  }

  close(): Promise<void> {
    return this.producer.close();
  }

  protected discard(): void {
    this.producer.discard();
  }

  private async sendBy(deadline: number, timeoutMs: number, messages: readonly Message[]) {
    const late = () => new LogUnavailable(this.topic, `no answer within ${Math.round(timeoutMs)} ms`);
    for (;;) {
      const left = deadline - performance.now();
      if (left <= 0) throw late();
      try {
        return await within(left, this.attempt(messages, left), late);
      } catch (error) {
        this.discard();
        if (!isRefusal(error)) throw this.named(error);
      }
      await sleep(AGAIN_MS, never);
    }
  }

  private async attempt(messages: readonly Message[], left: number): Promise<Map<number, bigint>> {
    const producer = await this.producer.get();
    const answers = await producer.send({
      topic: this.topic,
      messages: [...messages],
      acks: -1,
      timeout: Math.ceil(left),
      compression: kafkajs.CompressionTypes.None,
    });
    return new Map(answers.map(({ partition, baseOffset }) => [partition, BigInt(baseOffset ?? -1)]));
  }

  private named(error: unknown): unknown {
    if (error instanceof LogUnavailable) return error;
    const type = kafkaErrorType(error);
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return new TopicMissing(this.topic);
    if (type !== undefined && !RETRIABLE.has(type)) return error;
    return new LogUnavailable(this.topic, (error as Error).message, { cause: error });
  }
}

/** The broker took nothing; another one leads by now or soon. */
const REFUSALS = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_ENOUGH_REPLICAS']);
const RETRIABLE = new Set([
  ...REFUSALS,
  'REQUEST_TIMED_OUT',
  'NETWORK_EXCEPTION',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
]);

function isRefusal(error: unknown): boolean {
  return REFUSALS.has(kafkaErrorType(error) ?? '');
}
