import {
  acceptFact,
  fromRecord,
  payloadHash,
  readCloudEvents,
  TOPICS,
  type Topic,
} from '@throughline/contracts';
import { readAll, type Log, type LogRecord } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import type { Journalled } from './call.ts';
import type { Evidence, Logged, Place, Stored } from './evidence.ts';

/** @param topics those that journeys are made of, unless told */
export async function readLog(log: Log, topics: readonly Topic[] = TOPICS): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (const topic of topics) for await (const batch of readAll(log, topic)) records.push(...batch.records);
  return records;
}

export function logged(record: LogRecord): Logged {
  const { topic, partition, offset, key } = record;
  const place = { topic, partition, offset, key };
  try {
    const event = fromRecord(record);
    return { ...place, id: event.id, stream: event.stream, hash: payloadHash(event) };
  } catch {
    return { ...place, id: null, stream: null, hash: null };
  }
}

/** What the log must hold of each good fact. */
export function hashesOf(journal: readonly Journalled[]): Map<string, string> {
  const now = new Date(Date.now() + 86_400_000).toISOString();
  const headers = { 'content-type': 'application/cloudevents+json' };
  const hashes = new Map<string, string>();
  for (const { call } of journal) {
    for (const { id, raw, good } of call.facts) {
      if (id === null || !good || hashes.has(id)) continue;
      const [item] = readCloudEvents(headers, Buffer.from(raw));
      if (item) hashes.set(id, payloadHash(acceptFact(item, now)));
    }
  }
  return hashes;
}

export async function readStore(database: Database, service: Stored['service']): Promise<Stored[]> {
  const { rows } = await database.query<Stored>(
    `select $1::text as service, event_id as id, stream, version::int as version, name, source, command_id as "commandId"
       from event`,
    [service],
  );
  return rows;
}

export async function readOutbox(database: Database): Promise<number> {
  const { rows } = await database.query<{ waiting: number }>('select count(*)::int as waiting from outbox');
  return rows[0]?.waiting ?? 0;
}

type Door = Pick<Evidence, 'door' | 'quarantine'>;

export async function readDoor(database: Database): Promise<Door> {
  const counts = await database.query<Evidence['door']>(
    'select received::int, accepted::int, quarantined::int, refused::int from door_count',
  );
  const kept = await database.query<{ id: string; raw: Buffer }>('select id, raw from quarantine');
  const door = counts.rows[0] ?? { received: 0, accepted: 0, quarantined: 0, refused: 0 };
  return { door, quarantine: new Map(kept.rows.map(({ id, raw }) => [id, raw])) };
}

type Projected = Pick<Evidence, 'applied' | 'repeated' | 'parked' | 'positions'>;

/** From the tables of the live build of a projection or reactor. */
export async function readProjection(database: Database, name = 'journeys'): Promise<Projected> {
  const live = await database.query<{ schema: string }>(
    `select schema from projection.build where name = $1 and state = 'live'`,
    [name],
  );
  const schema = live.rows[0]?.schema ?? '';
  const places = async (table: string, key = 'key'): Promise<Place[]> => {
    const { rows } = await database.query<Omit<Place, 'offset'> & { offset: string }>(
      `select topic, partition, "offset", event_id as id, ${key} as key from "${schema}".${table}`,
    );
    return rows.map((row) => ({ ...row, offset: BigInt(row.offset) }));
  };
  const { rows } = await database.query<{ sum: number }>(
    `select coalesce(sum(next_offset), 0)::int as sum from "${schema}".position`,
  );
  return {
    applied: await places('entry'),
    repeated: await places('repeat', 'null'),
    parked: await places('parked'),
    positions: rows[0]?.sum ?? 0,
  };
}
