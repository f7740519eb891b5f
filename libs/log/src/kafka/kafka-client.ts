import kafkajs, { type ISocketFactory, type Kafka, type RetryOptions, type SASLOptions } from 'kafkajs';
import { TopicMissing } from '../log.error.ts';
import type { KafkaAccess } from './kafka-access.ts';
import { endTimerSpin } from './end-timer-spin.ts';
import { forgetCutReply } from './forget-cut-reply.ts';

export interface KafkaClientOptions extends KafkaAccess {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** warnings and errors of the client, one line each */
  readonly log?: (line: string) => void;
  /** tests: connections through something that fails */
  readonly socketFactory?: ISocketFactory;
}

/** Every figure is given: kafkajs has other defaults under NODE_ENV=test, so tests would prove nothing. */
const patient: RetryOptions = {
  retries: 5,
  initialRetryTime: 100,
  maxRetryTime: 2_000,
  factor: 0.2,
  multiplier: 2,
};

/** For sends: a retry inside the client would go on after we gave the send up and connect again behind our back. */
const once: RetryOptions = { ...patient, retries: 0 };

/** A kafkajs client for reading and groups (`patient`) or for sending (`once`). */
export function kafkaClient(options: KafkaClientOptions, retry: 'patient' | 'once'): Kafka {
  endTimerSpin();
  forgetCutReply();
  const { brokers, clientId, ssl, sasl, socketFactory, log } = options;
  return new kafkajs.Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 10_000,
    requestTimeout: 10_000,
    retry: retry === 'patient' ? patient : once,
    logLevel: log ? kafkajs.logLevel.WARN : kafkajs.logLevel.NOTHING,
    logCreator: () => (entry) => log?.(`kafkajs ${entry.label}: ${entry.log.message}`),
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } as SASLOptions }),
    ...(socketFactory === undefined ? {} : { socketFactory }),
  });
}

/** The type Kafka gives an error (such as UNKNOWN_TOPIC_OR_PARTITION), looked for through its causes. */
export function kafkaErrorType(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    const { type } = at as { type?: unknown };
    if (typeof type === 'string') return type;
  }
  return undefined;
}

/** Leadership is being moved or made known; the same request will be answered soon. */
const PASSING = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'OFFSET_NOT_AVAILABLE',
]);

/** Whether an answer of a broker will change by itself. A topic that its metadata does not know is TopicMissing. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(kafkaErrorType(error) ?? '') && !(error instanceof TopicMissing);
}

/** Whether no broker could be reached, or none answered: kafkajs says so in many errors, one inside the other. */
export function isAway(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 8; at = at.cause, depth += 1) {
    if ((at as { retriable?: unknown }).retriable === true || hasNoMetadata(at)) return true;
  }
  return false;
}

/** kafkajs 2.2.4 asks each broker for metadata, drops the error of each, and trips over having none. */
function hasNoMetadata(error: Error): boolean {
  return error instanceof TypeError && error.message.includes('topicMetadata');
}
