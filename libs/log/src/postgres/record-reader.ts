import { loadSql, type Database } from '@throughline/postgres';
import { TopicMissing } from '../log.error.ts';
import type { LogRecord, Mark } from '../log.ts';
import type { PartitionSource } from '../partition-loop.ts';
import type { HeadWatch } from './head-watch.ts';

const readStatement = loadSql(import.meta.url, './read.sql');

interface Row {
  readonly low: string;
  readonly next: string;
  readonly offset: string | null;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
  readonly time: string;
}

/** Reads committed records of one partition by offset. */
export class RecordReader {
  constructor(private readonly database: Database) {}

  /** @throws TopicMissing */
  async read(
    topic: string,
    partition: number,
    from: bigint,
    most: number,
  ): Promise<{ records: LogRecord[]; low: bigint; high: bigint }> {
    const { rows } = await this.database.query<Row>(readStatement, [topic, partition, from.toString(), most]);
    const [head] = rows;
    if (!head) throw new TopicMissing(topic);
    const records = rows.flatMap(({ offset, key, value, headers, time }) =>
      offset === null
        ? []
        : [{ topic, partition, offset: BigInt(offset), key, value, headers, timestamp: Number(time) }],
    );
    return { records, low: BigInt(head.low), high: BigInt(head.next) };
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
        const { records, high } = await this.read(topic, partition, from, most);
        heads.heard(topic, partition, high);
        if (high < from) throw new Error(`${topic}/${partition} ends at ${high}, before ${from}`);
        return { records, high };
      },
    };
  }
}
