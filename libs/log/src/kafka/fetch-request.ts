import { createRequire } from 'node:module';
import type { Broker } from 'kafkajs';
import { readFetchAnswer, type FetchedPartition } from './fetch-answer.ts';

export interface FetchLimits {
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxPartitionBytes: number;
}

export interface FetchPlace {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
}

/** What kafkajs' broker has besides its typed methods: a way to send any request and read its answer oneself. */
interface RawBroker {
  readonly connectionPool: {
    send<T>(request: {
      request: unknown;
      response: { decode(bytes: Buffer): Promise<T>; parse(answer: T): Promise<T> };
      requestTimeout: number;
    }): Promise<T>;
  };
}

const load = createRequire(import.meta.url);
const FETCH = 'kafkajs/src/protocol/requests/fetch/v11/request';
const encodeFetch = load(FETCH) as (fetch: object) => unknown;
const { createErrorFromCode } = load('kafkajs/src/protocol/error') as {
  createErrorFromCode: (code: number) => Error;
};

/** Consumers read for themselves, not as replicas. */
const CONSUMER = -1;
const READ_COMMITTED = 1;

/**
 * Fetches what is committed. kafkajs encodes the request and carries it; the answer is read here: its own decoder reads
 * headers in quadratic time, one batch with a codec it lacks fails every partition of the answer, what it decompresses
 * has no bound, and aborted transactions and markers come out as records.
 */
export async function fetchFrom(
  broker: Broker,
  places: readonly FetchPlace[],
  { maxWaitMs, maxBytes, maxPartitionBytes }: FetchLimits,
): Promise<(FetchedPartition & { readonly error: Error | null })[]> {
  const request = encodeFetch({
    replicaId: CONSUMER,
    isolationLevel: READ_COMMITTED,
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes,
    topics: byTopic(places).map(({ topic, own }) => ({
      topic,
      partitions: own.map(({ partition, from }) => ({
        partition,
        fetchOffset: from.toString(),
        maxBytes: maxPartitionBytes,
      })),
    })),
  });
  const answer = await (broker as unknown as RawBroker).connectionPool.send({
    request,
    response: { decode: async (bytes) => readFetchAnswer(bytes), parse: async (read) => read },
    requestTimeout: maxWaitMs,
  });
  if (answer.errorCode !== 0) throw createErrorFromCode(answer.errorCode);
  return answer.partitions.map((partition) => ({
    ...partition,
    error: partition.errorCode === 0 ? null : createErrorFromCode(partition.errorCode),
  }));
}

/** In the order given; neighbours of one topic share an entry. */
function byTopic(places: readonly FetchPlace[]): { topic: string; own: FetchPlace[] }[] {
  const topics: { topic: string; own: FetchPlace[] }[] = [];
  for (const place of places) {
    const last = topics.at(-1);
    if (last?.topic === place.topic) last.own.push(place);
    else topics.push({ topic: place.topic, own: [place] });
  }
  return topics;
}
