import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadSql, type Database } from '@throughline/postgres';
import { TopicMissing } from '../log.error.ts';
import type { LogRecord, Mark } from '../log.ts';
import type { PartitionSource } from '../partition-loop.ts';
import type { HeadWatch } from './head-watch.ts';

const readStatement = loadSql(import.meta.url, './read.sql');
const readManyStatement = loadSql(import.meta.url, './read-many.sql');

/** Most records of a partition that are read together with those of others; who is further behind reads alone. */
const FEW = 100;

interface Row {
  readonly low: string;
  readonly next: string;
  readonly offset: string | null;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
  readonly time: string;
}

/** The records of one partition from an offset on, and its marks, of one snapshot. */
export interface ReadRecords {
  readonly records: LogRecord[];
  readonly low: bigint;
  readonly high: bigint;
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly from: bigint;
}

interface Ask extends Place {
  readonly resolve: (read: ReadRecords) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads committed records by offset. Readers that wait for new ones share a statement: one bell wakes most of them. */
export class RecordReader {
  private waiting: Ask[] = [];
  private running = false;

  constructor(private readonly database: Database) {}

  /** @throws TopicMissing */
  async read(topic: string, partition: number, from: bigint, most: number): Promise<ReadRecords> {
    const { rows } = await this.database.query<Row>(readStatement, [topic, partition, from.toString(), most]);
    return readOf({ topic, partition, from }, rows);
  }

  source(topic: string, partition: number, heads: HeadWatch): PartitionSource {
    return {
      mark: async (): Promise<Mark> => {
        const { low, high } = await this.read(topic, partition, 0n, 0);
        return { partition, low, high };
      },
      fetch: async (from, most, signal) => {
        await heads.past(topic, partition, from, signal);
        if (signal.aborted) return { records: [], high: from };
        const known = heads.of(topic, partition);
        const isNear = most >= FEW && known - from <= FEW;
        const { records, high } = isNear
          ? await this.readShared({ topic, partition, from })
          : await this.read(topic, partition, from, most);
        heads.heard(topic, partition, high, known);
        if (high < from) throw new Error(`${topic}/${partition} ends at ${high}, before ${from}`);
        return { records, high };
      },
    };
  }

  /** A few records, in one statement with all who ask in the same turn or while another statement runs. */
  private readShared(place: Place): Promise<ReadRecords> {
    const { promise, resolve, reject } = Promise.withResolvers<ReadRecords>();
    this.waiting.push({ ...place, resolve, reject });
    if (!this.running) void this.run();
    return promise;
  }

  private async run(): Promise<void> {
    this.running = true;
    for (await nextTurn(); this.waiting.length > 0; await nextTurn())
      await this.readMany(this.waiting.splice(0));
    this.running = false;
  }

  private async readMany(asks: readonly Ask[]): Promise<void> {
    try {
      const { rows } = await this.database.query<Row & { ask: number }>(readManyStatement, [
        asks.map(({ topic }) => topic),
        asks.map(({ partition }) => partition),
        asks.map(({ from }) => from.toString()),
        FEW,
      ]);
      const byAsk = Map.groupBy(rows, ({ ask }) => ask);
      asks.forEach((ask, at) => {
        try {
          ask.resolve(readOf(ask, byAsk.get(at + 1) ?? []));
        } catch (error) {
          ask.reject(error);
        }
      });
    } catch (error) {
      for (const { reject } of asks) reject(error);
    }
  }
}

function readOf({ topic, partition }: Place, rows: readonly Row[]): ReadRecords {
  const [head] = rows;
  if (!head) throw new TopicMissing(topic);
  const records = rows.flatMap(({ offset, key, value, headers, time }) =>
    offset === null
      ? []
      : [{ topic, partition, offset: BigInt(offset), key, value, headers, timestamp: Number(time) }],
  );
  return { records, low: BigInt(head.low), high: BigInt(head.next) };
}
