import { Assignment, type StartLoop } from './assignment.ts';
import { LogUnavailable, TopicMismatch, TopicMissing } from './log.error.ts';
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
} from './log.ts';
import { MemoryStore, type MemoryMember } from './memory-store.ts';
import { observedLog } from './observed-log.ts';
import { PartitionLoop, type PartitionSource } from './partition-loop.ts';
import { partitionOf } from './partition-of.ts';

export interface MemoryLogOptions {
  /** shared by every log that is to see the same records; its own unless told */
  readonly store?: MemoryStore;
  readonly observe?: LogObserver;
  /** most records a batch delivered to a subscription, 1,000 unless told */
  readonly batchSize?: number;
  readonly haltedMs?: number;
  /** the mutants' seam: the loop that delivers a partition */
  readonly Loop?: typeof PartitionLoop;
}

/** A log in this process's memory, for unit tests: it keeps the port's contract and forgets everything at exit. */
export function memoryLog(options: MemoryLogOptions = {}): Log {
  return observedLog(new MemoryLog(options), options.observe);
}

export class MemoryLog implements Log {
  readonly kind = 'memory';
  private readonly store: MemoryStore;
  private readonly running = new Set<Running>();

  constructor(private readonly options: MemoryLogOptions = {}) {
    this.store = options.store ?? new MemoryStore();
  }

  async send(topic: string, records: readonly NewRecord[]): Promise<Placement[]> {
    if (this.store.down) throw new LogUnavailable(topic, 'the memory log is told to be away');
    const { length } = this.store.partitions(topic);
    const placements = records.map((record) =>
      this.store.append(topic, partitionOf(record.key, length), record),
    );
    this.store.appended.emit('appended');
    return placements;
  }

  async marks(topic: string): Promise<Mark[]> {
    return this.store.partitions(topic).map(({ low, records }, partition) => ({
      partition,
      low,
      high: low + BigInt(records.length),
    }));
  }

  async *read({ topic, partition, from, to, batchSize = 1_000 }: Range): AsyncGenerator<Batch> {
    for (let next = from; next < to;) {
      const { low, records: kept } = this.store.partition(topic, partition);
      const most = Math.min(batchSize, Number(to - next));
      const records = kept.slice(Number(next - low), Number(next - low) + most);
      if (next < low || records.length === 0)
        throw new RangeError(`${topic}/${partition} has no record ${next}`);
      yield { topic, partition, records, high: low + BigInt(kept.length) };
      next += BigInt(records.length);
    }
  }

  async subscribe(subscription: Subscription): Promise<Running> {
    const Loop = this.options.Loop ?? PartitionLoop;
    const { batchSize = 1_000, haltedMs = 30_000 } = this.options;
    for (const topic of subscription.topics) this.store.partitions(topic);
    const start: StartLoop = ({ topic, partition }) =>
      new Loop({
        topic,
        partition,
        subscription,
        source: this.source(topic, partition),
        batchSize,
        haltedMs,
      });
    const assignment = new Assignment(start);
    const member: MemoryMember = {
      topics: subscription.topics,
      owned: () => assignment.owned(),
      own: (partitions) => assignment.replace(partitions),
    };
    await this.store.join(subscription.group, member);
    const running: Running = {
      owned: () => assignment.owned(),
      stop: async () => {
        this.running.delete(running);
        await assignment.stop();
        await this.store.leave(subscription.group, member);
      },
    };
    this.running.add(running);
    return running;
  }

  async createTopics(topics: readonly TopicSettings[]): Promise<void> {
    const names = this.store.names();
    for (const { name, partitions } of topics) {
      if (!names.includes(name)) this.store.createTopic(name, partitions);
    }
    await this.checkTopics(topics);
  }

  async checkTopics(topics: readonly TopicSettings[]): Promise<void> {
    const names = this.store.names();
    for (const { name, partitions } of topics) {
      if (!names.includes(name)) throw new TopicMissing(name);
      const { length } = this.store.partitions(name);
      if (length !== partitions) throw new TopicMismatch(name, 'partitions', `${length}`, `${partitions}`);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((running) => running.stop()));
  }

  private source(topic: string, partition: number): PartitionSource {
    const find = () => this.store.partition(topic, partition);
    return {
      mark: async () => {
        const { low, records } = find();
        return { partition, low, high: low + BigInt(records.length) };
      },
      fetch: async (from, most, signal) => {
        const found = find();
        const start = from < found.low ? 0 : Number(from - found.low);
        const records = found.records.slice(start, start + most);
        if (records.length === 0) await this.appended(signal);
        const { low, records: kept } = find();
        return { records, high: low + BigInt(kept.length) };
      },
    };
  }

  private appended(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.store.appended.off('appended', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.store.appended.once('appended', done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }
}
