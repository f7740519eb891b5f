/**
 * The log port: the one shared record that every service writes to and everything is rebuilt from.
 *
 * What every adapter promises (held to it by `./testing/log-contract.ts`):
 * - `send` resolves only when all records are durable, in the order given for each key.
 * - A key's partition is murmur2(key) modulo the number of partitions, the same in every adapter.
 * - Offsets of a partition are dense: 0, 1, 2 … with no gap; offset order is commit order. An offset without a record
 *   for a reader (a marker or an aborted record of a transaction, a batch that cannot be decoded) is `passed`.
 * - What a transaction wrote is read once it is committed, and never when it was aborted.
 * - Headers, key, value and timestamp come back byte for byte, except of a record that is `foreign`.
 * - A subscription starts at the position that `Subscription.position` names, and nowhere else; where the
 *   log cannot serve it (deleted records, a recreated topic) the partition halts and says so.
 * - A `handle` that throws moves nothing: the same records come again after a pause. One that throws
 *   PartitionHalted halts the partition.
 * - One subscriber of a group owns a partition at a time, as far as the log can tell. A frozen owner may
 *   believe otherwise, so positions are fenced where they are stored (compare-and-set), not here.
 */
export interface Log {
  readonly kind: 'kafka' | 'postgres' | 'memory';

  /**
   * Appends records to one topic and waits until they are durable.
   * @returns where each record went, in the order given
   * @throws LogUnavailable (retriable; whether the records were stored is unknown), TopicMissing
   */
  send(topic: string, records: readonly NewRecord[], options?: { timeoutMs?: number }): Promise<Placement[]>;

  /** Low (first kept) and high (next to be written) offset of every partition of a topic. */
  marks(topic: string): Promise<Mark[]>;

  /** Reads one partition from `from` up to, not including, `to`, in batches; outside of any group. */
  read(range: Range): AsyncIterable<Batch>;

  /** Starts delivering batches; see Subscription. */
  subscribe(subscription: Subscription): Promise<Running>;

  /** Makes missing topics as `topics` says and checks those that exist. @throws TopicMismatch naming the setting */
  createTopics(topics: readonly TopicSettings[]): Promise<void>;

  /** @throws TopicMissing, TopicMismatch naming the topic, the setting, and what it must be */
  checkTopics(topics: readonly TopicSettings[]): Promise<void>;

  close(): Promise<void>;
}

/** For ever kept (retention -1, cleanup delete), record timestamp set by the sender. */
export interface TopicSettings {
  readonly name: string;
  readonly partitions: number;
}

export interface NewRecord {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** milliseconds since the epoch: the event's recordedAt */
  readonly timestamp: number;
}

export interface LogRecord extends NewRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** why it is no record of a sender of this port; its key, value and headers are then cut to what is safe to hold */
  readonly foreign?: Flaw;
}

/** What is wrong with a record or a batch: a code for programs, a reason for people. */
export interface Flaw {
  readonly code: string;
  readonly reason: string;
}

/**
 * Offsets that hold no record for a reader.
 * - `transaction`: markers and aborted records
 * - `unreadable`: a batch that whoever produced it made undecodable (decompressed size, format); readers go on
 * - `broken`: a stored batch that does not have its checksum, or a format or codec of the future; readers halt there
 */
export interface Passed extends Flaw {
  readonly kind: 'transaction' | 'unreadable' | 'broken';
  readonly first: bigint;
  /** the offset after the last one */
  readonly next: bigint;
  /** identifies the last batch of them, as the fingerprint of a record does */
  readonly fingerprint: string;
}

export interface Placement {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface Mark {
  readonly partition: number;
  readonly low: bigint;
  /** the offset after the last one that may be read */
  readonly high: bigint;
  /** the offset after the last one written, where it is not `high`: a transaction from `high` on is still open */
  readonly end?: bigint;
}

export interface Range {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  /** most records a batch, 1,000 unless told */
  readonly batchSize?: number;
}

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
  /** offsets before, between and after the records that hold none; in order. A batch has at least one of both. */
  readonly passed?: readonly Passed[];
  /** the partition's high mark when the batch was fetched: high - last offset - 1 = lag in records */
  readonly high: bigint;
}

/** A durable place in one partition. */
export interface Position {
  /** offset of the next record to apply */
  readonly next: bigint;
  /** `fingerprint` of the record, or of what was passed, at next - 1; null when next is 0 or unknown. A recreated topic differs here. */
  readonly fingerprint: string | null;
}

export const START: Position = { next: 0n, fingerprint: null };

export interface Subscription {
  readonly group: string;
  readonly topics: readonly string[];
  /** Read anew at every assignment and after every failed `handle`; the database is the truth, never the client. */
  position(topic: string, partition: number): Promise<Position>;
  /**
   * Applies a batch and stores its position in one transaction.
   * @returns the position stored. Throwing means nothing moved; the records come again.
   * `signal` aborts when the partition is lost or the subscription stops.
   */
  handle(batch: Batch, signal: AbortSignal): Promise<Position>;
  /** Called once when a partition halts; it stays halted until the cause is mended, which is looked for now and then. */
  halted?(topic: string, partition: number, reason: string): void;
}

/** A partition that a subscriber has now. */
export interface OwnedPartition {
  readonly topic: string;
  readonly partition: number;
  /** why it stands still, while it does */
  readonly halted?: string;
  /** why its last batch failed, while that is tried again */
  readonly failing?: string;
}

export interface Running {
  owned(): readonly OwnedPartition[];
  /** Finishes the batch in hand, gives the partitions back, and resolves. */
  stop(): Promise<void>;
}

/** A batch as one group receives it. */
export interface ReceivedBatch extends Batch {
  readonly group: string;
}

/** Sees every send and every delivery; each calls `work` once and returns what it returns. Tracing lives behind it. */
export interface LogObserver {
  send<T>(topic: string, records: readonly NewRecord[], work: () => Promise<T>): Promise<T>;
  receive<T>(batch: ReceivedBatch, work: () => Promise<T>): Promise<T>;
}
