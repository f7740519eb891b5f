import type { Log, LogRecord, NewRecord, TopicSettings } from '../log.ts';

/** One adapter with the means to disturb it: what the contract's cases are run with. */
export interface LogKit {
  readonly kind: Log['kind'];
  /** another client of the same log, as another process would be; closed with the kit */
  connect(): Log;
  /** a fresh topic of its own */
  topic(partitions?: number): Promise<string>;
  /** deletes the records before an offset, as retention would */
  deleteBefore(topic: string, partition: number, offset: bigint): Promise<void>;
  /** deletes the topic and makes it anew, empty, under the same name */
  recreate(topic: string, partitions: number): Promise<void>;
  /** a topic that exists with a setting that a service must refuse */
  misconfigured(): Promise<{ topic: TopicSettings; setting: string; wanted: string }>;
  /** a client whose sends can be left without an answer until `restore`; connections silenced once stay silent */
  connectSilenceable(): Promise<{ log: Log; silence(): Promise<void>; restore(): Promise<void> }>;
  /** appends in a transaction of its own that stays open; only where the log has them, to topics of one partition */
  appendOpen?(topic: string, records: readonly NewRecord[]): Promise<{ commit(): Promise<void> }>;
  /** sends in a transaction; only where the log has them */
  transact?(topic: string, records: readonly NewRecord[]): Promise<OpenTransaction>;
  /** the offset that a group committed for partition 0, where the log has such a thing */
  committed?(group: string, topic: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export interface OpenTransaction {
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** A record for tests: its value is `text`. */
export function record(key: string, text: string, headers: Record<string, string> = {}): NewRecord {
  return { key, value: Buffer.from(text), headers, timestamp: 1_790_000_000_000 };
}

export function texts(records: readonly Pick<LogRecord, 'value'>[]): string[] {
  return records.map(({ value }) => value.toString());
}
