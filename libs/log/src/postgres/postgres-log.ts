import { Database, isInfrastructure, loadSql, migrate } from '@throughline/postgres';
import { Assignment, type StartLoop } from '../assignment.ts';
import { LogUnavailable, TopicMismatch, TopicMissing } from '../log.error.ts';
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
import { PartitionLoop } from '../partition-loop.ts';
import { within } from '../within.ts';
import { appendRecords } from './append-records.ts';
import { GroupMembership } from './group-membership.ts';
import { HeadBell } from './head-bell.ts';
import { HeadWatch } from './head-watch.ts';
import { RecordReader } from './record-reader.ts';

const statements = {
  heads: loadSql(import.meta.url, './heads.sql'),
  createTopic: loadSql(import.meta.url, './create-topic.sql'),
};

export interface PostgresLogOptions {
  /** the log's own database, lent; opened from `url` and closed with the log when not given */
  readonly database?: Database;
  readonly url?: string;
  readonly poolSize?: number;
  readonly observe?: LogObserver;
  /** most records a batch, 1,000 unless told */
  readonly batchSize?: number;
  /** how often members of a group look at each other, 1,000 ms unless told */
  readonly membershipMs?: number;
  /** a member that is silent for so long loses its partitions, 15,000 ms unless told */
  readonly frozenMs?: number;
  readonly haltedMs?: number;
  /** the mutants' seam: the loop that delivers a partition */
  readonly Loop?: typeof PartitionLoop;
}

/** The log on one machine, in a database of its own; see README for what it promises. Connects at first use. */
export function postgresLog(options: PostgresLogOptions): Log {
  return observedLog(new PostgresLog(options), options.observe);
}

export interface Opened {
  readonly database: Database;
  readonly heads: HeadWatch;
  readonly bell: HeadBell;
  readonly reader: RecordReader;
}

/**
 * - `send` is one statement, so one round trip and one transaction: all of its records, or none. One at a time a topic.
 * - Writers of a partition queue at its head row; a record is visible when everything before it is.
 * - A partition has one owner in a group, the holder of its session lock; a lost connection frees it at once, a
 *   frozen owner's after 15 s.
 */
export class PostgresLog implements Log {
  readonly kind = 'postgres';
  private opening: Promise<Opened> | undefined;
  private readonly running = new Set<Running>();
  private readonly partitionCounts = new Map<string, number>();
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(private readonly options: PostgresLogOptions) {}

  async send(
    topic: string,
    records: readonly NewRecord[],
    { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
  ): Promise<Placement[]> {
    if (records.length === 0) return [];
    try {
      return await this.inTurn(topic, timeoutMs, (left) => this.append(topic, records, left));
    } catch (error) {
      if ((error as { code?: unknown }).code === 'P0002') {
        this.partitionCounts.delete(topic);
        throw new TopicMissing(topic);
      }
      if (error instanceof LogUnavailable || !isInfrastructure(error)) throw error;
      throw new LogUnavailable(topic, (error as Error).message, { cause: error });
    }
  }

  protected async append(
    topic: string,
    records: readonly NewRecord[],
    leftMs?: number,
  ): Promise<Placement[]> {
    const { database, heads, bell } = await this.opened();
    const partitions = await this.partitionCount(topic);
    const placements = await appendRecords(database, topic, partitions, records, leftMs);
    for (const { partition, offset } of placements) heads.reached(topic, partition, offset + 1n);
    bell.ring(placements);
    return placements;
  }

  async marks(topic: string): Promise<Mark[]> {
    const { database } = await this.opened();
    const { rows } = await database.query<{ partition: number; low: string; next: string }>(
      statements.heads,
      [[topic]],
    );
    if (rows.length === 0) throw new TopicMissing(topic);
    return rows.map(({ partition, low, next }) => ({ partition, low: BigInt(low), high: BigInt(next) }));
  }

  async *read({ topic, partition, from, to, batchSize = 1_000 }: Range): AsyncGenerator<Batch> {
    const { reader } = await this.opened();
    for (let next = from; next < to;) {
      const most = Math.min(batchSize, Number(to - next));
      const { records, high } = await reader.read(topic, partition, next, most);
      if (records[0]?.offset !== next || records.at(-1)?.offset !== next + BigInt(records.length - 1)) {
        throw new RangeError(`${topic}/${partition} has no record ${next}, or a gap after it`);
      }
      yield { topic, partition, records, high };
      next += BigInt(records.length);
    }
  }

  async subscribe(subscription: Subscription): Promise<Running> {
    const { database, heads, reader } = await this.opened();
    const Loop = this.options.Loop ?? PartitionLoop;
    const { batchSize = 1_000, haltedMs = 30_000 } = this.options;
    const start: StartLoop = ({ topic, partition }) =>
      new Loop({
        topic,
        partition,
        subscription,
        source: reader.source(topic, partition, heads),
        batchSize,
        haltedMs,
      });
    const assignment = new Assignment(start);
    const { group, topics } = subscription;
    for (const topic of topics) await this.partitionCount(topic);
    const list = async () =>
      (await Promise.all(topics.map((topic) => this.marks(topic)))).flatMap((marks, at) =>
        marks.map(({ partition }) => ({ topic: topics[at] ?? '', partition })),
      );
    const { membershipMs: everyMs = 1_000, frozenMs = 15_000 } = this.options;
    const membership = new GroupMembership(
      database,
      { group, partitions: await list(), everyMs, frozenMs },
      assignment,
    );
    const watched = heads.watch(topics);
    await membership.start();
    const running: Running = {
      owned: () => assignment.owned(),
      stop: async () => {
        this.running.delete(running);
        await membership.stop();
        watched();
      },
    };
    this.running.add(running);
    return running;
  }

  async createTopics(topics: readonly TopicSettings[]): Promise<void> {
    const { database } = await this.opened();
    for (const { name, partitions } of topics)
      await database.query(statements.createTopic, [name, partitions]);
    await this.checkTopics(topics);
  }

  async checkTopics(topics: readonly TopicSettings[]): Promise<void> {
    for (const { name, partitions } of topics) {
      const { length } = await this.marks(name);
      if (length !== partitions) throw new TopicMismatch(name, 'partitions', `${length}`, `${partitions}`);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.running].map((running) => running.stop()));
    const opened = await this.opening?.catch(() => undefined);
    await opened?.heads.stop();
    if (!this.options.database) await opened?.database.close();
  }

  /** Sends to one topic go one after the other, so that records of a key stand in the order they were asked for. */
  private inTurn<T>(topic: string, timeoutMs: number, work: (leftMs: number) => Promise<T>): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    const late = () => new LogUnavailable(topic, `no answer within ${timeoutMs} ms`);
    const turn = (this.last.get(topic) ?? Promise.resolve()).then(() => {
      const left = deadline - performance.now();
      if (left <= 0) throw late();
      return within(left, work(left), late);
    });
    this.last.set(
      topic,
      turn.catch(() => undefined),
    );
    return turn;
  }

  private async partitionCount(topic: string): Promise<number> {
    const known = this.partitionCounts.get(topic) ?? (await this.marks(topic)).length;
    this.partitionCounts.set(topic, known);
    return known;
  }

  protected opened(): Promise<Opened> {
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  private async open(): Promise<Opened> {
    const { url, poolSize = 10 } = this.options;
    const database =
      this.options.database ?? (await Database.open({ url: url ?? '', name: 'log', poolSize }));
    await migrate(database, 'log', new URL('../../migrations/', import.meta.url));
    return {
      database,
      heads: new HeadWatch(database),
      bell: new HeadBell(database),
      reader: new RecordReader(database),
    };
  }
}
