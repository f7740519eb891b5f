import type { Log, Mark, Range } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { within } from './positions.ts';

/** Between markers of transactions the first record is looked for no further. */
const MOST_LOOKED_AT = 100;

/** How far behind one partition is. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  readonly position: bigint;
  readonly high: bigint;
  /** offsets from `high` on that an open transaction holds back: its own and all behind it */
  readonly held: bigint;
  /** records not applied, those that the log has deleted among them */
  readonly events: bigint;
  /** age of the oldest record not applied that the log still has, in seconds; 0 when there is none */
  readonly seconds: number;
  /** when the position last moved: RFC 3339 */
  readonly movedAt: string;
}

interface PositionRow {
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: string;
  readonly updated_at: string;
  readonly now: string;
}

export async function lag(
  database: Database,
  log: Log,
  { schema }: { schema: string },
  topics: readonly string[],
): Promise<PartitionLag[]> {
  const { rows } = await within(database, schema, (tx) =>
    tx.query<PositionRow>(
      'select topic, partition, next_offset, updated_at, now() from position order by 1, 2',
    ),
  );
  const marks = new Map<string, Mark>();
  for (const topic of topics) {
    for (const mark of await log.marks(topic)) marks.set(`${topic}/${mark.partition}`, mark);
  }
  return Promise.all(rows.map((row) => partitionLag(log, row, marks.get(`${row.topic}/${row.partition}`))));
}

async function partitionLag(log: Log, row: PositionRow, mark: Mark | undefined): Promise<PartitionLag> {
  const { topic, partition, updated_at: movedAt } = row;
  const position = BigInt(row.next_offset);
  const high = mark?.high ?? position;
  const events = high > position ? high - position : 0n;
  const low = mark?.low ?? position;
  const kept = low > position ? low : position;
  const oldest = kept < high ? await recordedAt(log, { topic, partition, from: kept, to: high }) : null;
  const seconds = oldest === null ? 0 : Math.max(0, (Date.parse(row.now) - oldest) / 1000);
  const held = (mark?.end ?? high) - high;
  return { topic, partition, position, high, held, events, seconds, movedAt };
}

async function recordedAt(log: Log, range: Range): Promise<number | null> {
  for await (const { records } of log.read({ ...range, batchSize: MOST_LOOKED_AT })) {
    return records[0]?.timestamp ?? null;
  }
  return null;
}
