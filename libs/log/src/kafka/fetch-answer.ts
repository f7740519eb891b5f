import { WireReader } from './wire-reader.ts';

/** What a broker answered for one partition. */
export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  /** the offset after the last one that may be read: an open transaction holds it back */
  readonly stable: bigint;
  /** transactions that were aborted, by who wrote them, from which offset on */
  readonly aborted: readonly AbortedTransaction[];
  /** record batches as the log has them; the last may be cut */
  readonly bytes: Buffer;
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly first: bigint;
}

export interface FetchAnswer {
  /** how long the broker wants no further request; the name is kafkajs' */
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

/**
 * Reads an answer of the fetch API in version 11, which brokers have from 2.3 on. The batches stay bytes: what one
 * partition holds must not fail the others.
 */
export function readFetchAnswer(bytes: Buffer): FetchAnswer {
  const reader = new WireReader(bytes);
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  reader.int32(); // no session
  const partitions = reader.list(() => {
    const topic = reader.text();
    return reader.list(() => readPartition(reader, topic));
  });
  return { clientSideThrottleTime, errorCode, partitions: partitions.flat() };
}

function readPartition(reader: WireReader, topic: string): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  reader.int64(); // the high watermark
  const stable = reader.int64();
  reader.int64(); // the first offset kept
  const aborted = reader.list(() => ({ producerId: reader.int64(), first: reader.int64() }));
  reader.int32(); // another replica to read from
  const bytes = reader.take(Math.max(0, reader.int32()));
  return { topic, partition, errorCode, stable, aborted, bytes };
}
