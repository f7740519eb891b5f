import { describe, expect, it } from '@jest/globals';
import type { Queryable } from '@throughline/postgres';
import type { Message } from 'kafkajs';
import { KafkaLog } from './kafka/kafka-log.ts';
import { TopicSender } from './kafka/topic-sender.ts';
import type { Mark, NewRecord, Placement, Position } from './log.ts';
import { PartitionLoop } from './partition-loop.ts';
import { PostgresLog } from './postgres/postgres-log.ts';
import { kafkaKit, logContract, postgresKit, type LogKit } from './testing/index.ts';

/** Takes offsets in one transaction and stores the records in the next, as a sequence would. */
async function reserve(database: Queryable, topic: string, count: number): Promise<bigint> {
  const { rows } = await database.query<{ first: string }>(
    'update log_partition set next = next + $2 where topic = $1 returning next - $2 as first',
    [topic, count],
  );
  return BigInt(rows[0]?.first ?? 0);
}

async function store(database: Queryable, topic: string, first: bigint, records: readonly NewRecord[]) {
  for (const [at, { key, value, timestamp }] of records.entries()) {
    await database.query(
      `insert into log_record (topic, partition, "offset", key, value, headers, time) values ($1, 0, $2, $3, $4, '{}', $5)`,
      [topic, (first + BigInt(at)).toString(), key, value, timestamp],
    );
  }
  const next = (first + BigInt(records.length)).toString();
  await database.query('select pg_notify($1, $2)', ['throughline_log', JSON.stringify([topic, [[0, next]]])]);
}

class TakesOffsetsFirst extends PostgresLog {
  protected override async append(topic: string, records: readonly NewRecord[]): Promise<Placement[]> {
    const { database } = await this.opened();
    const first = await reserve(database, topic, records.length);
    await store(database, topic, first, records);
    return records.map((_, at) => ({ topic, partition: 0, offset: first + BigInt(at) }));
  }
}

class AllowsGaps extends PartitionLoop {
  protected override assertDense(): void {}
}

class JumpsToWhatIsKept extends AllowsGaps {
  protected override verify(position: Position, { low }: Mark): Position {
    return position.next < low ? { next: low, fingerprint: null } : position;
  }
}

class ReadsItsPositionOnce extends PartitionLoop {
  private atStart: Position | undefined;

  protected override async position(): Promise<Position> {
    return (this.atStart ??= await super.position());
  }
}

class ReordersKeys extends PostgresLog {
  protected override async append(topic: string, records: readonly NewRecord[]): Promise<Placement[]> {
    return (await super.append(topic, records.toReversed())).toReversed();
  }
}

/** Sends as soon as it is asked to, each on whatever connection is free. */
class SendsAtOnce extends PostgresLog {
  override send(topic: string, records: readonly NewRecord[]): Promise<Placement[]> {
    return this.append(topic, records);
  }
}

class DropsHeaders extends KafkaLog {
  protected override message(record: NewRecord, partition: number): Message {
    return super.message({ ...record, headers: {} }, partition);
  }
}

class KeepsItsProducer extends TopicSender {
  protected override discard(): void {}
}

interface Mutant {
  readonly name: string;
  readonly fails: string;
  /** what the case says; a mutant that is broken in another way proves nothing */
  readonly because: RegExp;
  readonly kit: () => Promise<LogKit>;
}

const ofPostgres: readonly Mutant[] = [
  {
    name: 'an embedded log that takes offsets before it commits',
    fails: 'a late commit is never skipped',
    because: /first, committed late/,
    kit: () =>
      postgresKit(
        (options) => new TakesOffsetsFirst({ ...options, Loop: AllowsGaps }),
        async (open, committed, topic, records) => {
          await store(open, topic, await reserve(committed, topic, records.length), records);
        },
      ),
  },
  {
    name: 'an embedded log that reorders a key',
    fails: 'records of one key keep their order',
    because: /the order of lead-/,
    kit: () => postgresKit((options) => new ReordersKeys(options)),
  },
  {
    name: 'an embedded log whose sends overtake each other',
    fails: 'sends at once store a key in the order they were asked for',
    because: /the order of lead-/,
    kit: () => postgresKit((options) => new SendsAtOnce(options)),
  },
  {
    name: 'a loop that serves a repeat from the position it started at',
    fails: 'a repeat never moves the position back',
    because: /positions 2,4,2/,
    kit: () => postgresKit((options) => new PostgresLog({ ...options, Loop: ReadsItsPositionOnce })),
  },
];

const ofKafka: readonly Mutant[] = [
  {
    name: 'a log that jumps over deleted records',
    fails: 'a position behind deleted records halts',
    because: /nothing is delivered past the hole/,
    kit: () => kafkaKit((options) => new KafkaLog({ ...options, Loop: JumpsToWhatIsKept })),
  },
  {
    name: 'a log that drops headers',
    fails: 'key, value, headers and time come back byte for byte',
    because: /ce_id/,
    kit: () => kafkaKit((options) => new DropsHeaders(options)),
  },
  {
    name: 'a log that keeps its producer after a failed send',
    fails: 'a send without an answer is LogUnavailable, and the next one goes through',
    because: /no answer within 5000 ms/,
    kit: () => kafkaKit((options) => new KafkaLog({ ...options, Sender: KeepsItsProducer })),
  },
];

function proves(kind: 'postgres' | 'kafka', mutants: readonly Mutant[]): void {
  for (const { name, fails, because, kit } of mutants) {
    it(`[log: ${kind}] ${name} fails: ${fails}`, async () => {
      const contractCase = logContract(kind).find((it) => it.name === fails);
      const mutant = await kit();
      try {
        await expect(contractCase?.run(mutant)).rejects.toThrow(because);
      } finally {
        await mutant.close();
      }
    });
  }
}

describe('the contract tells a broken log on PostgreSQL (I1, I3, I5)', () => proves('postgres', ofPostgres));

(process.env['NO_KAFKA'] === '1' ? describe.skip : describe)(
  'the contract tells a broken log on Kafka (I1, I3, I5)',
  () => proves('kafka', ofKafka),
);
