import { eventId, toRecord } from '@throughline/contracts';
import { EventStore, type DecisionEvent } from '@throughline/event-store';
import { readAll, type LogRecord } from '@throughline/log';
import type { ProjectionRunner } from '@throughline/projection';
import { expectedOf, type Expected } from './applied.ts';
import { COLUMNS, digestOf, foldInMemory, rowText } from './fold.ts';
import { bytesOf, type Journal } from './journal.ts';
import type { Scene } from './participants.ts';
import { isPoison, type World } from './world.ts';

/** What is true of the log and the store when everything has come to rest. */
interface Found {
  readonly records: readonly LogRecord[];
  readonly stored: readonly DecisionEvent[];
  /** stored events by the command that caused them */
  readonly byCommand: ReadonlyMap<string, readonly DecisionEvent[]>;
}

/** Holds what is left of a run against what its callers were told. @throws Error that begins with the invariant broken */
export async function judge({ world, journal }: Scene): Promise<void> {
  const broken = [...journal.defects];
  const found = await find(world);
  const runner = world.runner();
  const discarded = await world.database.query<{ event_id: string; place: string }>(
    `select event_id, 'p.' || topic || '.' || partition || '.' || "offset" as place from projection.discard`,
  );
  const expected = expectedOf(
    found.records,
    new Set(discarded.rows.map(({ event_id }) => event_id)),
    isPoison,
  );
  const places = new Set(discarded.rows.map(({ place }) => place));
  broken.push(
    ...journal.discards.filter((it) => !places.has(it)).map((it) => `I1 ${it} was given up and comes back`),
    ...judgeCommands(journal, found),
    ...judgeFacts(journal, found),
    ...judgeLog(journal, found),
    ...judgeStreams(found),
    ...(await judgeHops(world, found, expected)),
    ...(await judgeAccounts(runner, expected)),
    ...(await judgeTables(world, runner, expected)),
  );
  if (broken.length > 0) throw new Error(broken.join('\n'));
}

async function find(world: World): Promise<Found> {
  const records: LogRecord[] = [];
  const log = world.log();
  for (const topic of world.projection().topics) {
    for await (const batch of readAll(log, topic)) records.push(...batch.records);
  }
  const store = new EventStore(world.database);
  const { rows } = await world.database.query<{ stream: string }>(
    'select stream from stream order by stream',
  );
  const stored = (await Promise.all(rows.map(({ stream }) => store.read(stream)))).flat();
  const byCommand = Map.groupBy(stored, ({ sourceId }) => sourceId.split(':')[0] ?? '');
  return { records, stored, byCommand };
}

/** I1 and I2 for decisions: ok means stored as answered, failed means not stored, unknown whole or not at all. */
function judgeCommands({ commands }: Journal, { byCommand, stored }: Found): string[] {
  const broken: string[] = [];
  for (const [commandId, attempts] of commands) {
    const events = byCommand.get(commandId) ?? [];
    for (const { outcome, events: answered } of attempts) {
      if (outcome !== 'ok') continue;
      const ids = answered.map(({ id, stream, version }) => `${id} ${stream}@${version}`);
      const there = events.map(({ id, stream }) => `${id} ${stream?.id}@${stream?.version}`);
      const missing = ids.filter((id) => !there.includes(id));
      if (missing.length > 0 || (ids.length > 0 && there.length !== ids.length)) {
        broken.push(
          `I1 ${commandId} was answered with ${ids.join(', ')}; stored is ${there.join(', ') || 'nothing'}`,
        );
      }
    }
    if (events.length > 0 && attempts.every(({ outcome }) => outcome === 'failed')) {
      broken.push(`I2 ${commandId} was refused and is stored`);
    }
    if (!events.every(({ id, source, sourceId }) => id === eventId(source, sourceId))) {
      broken.push(`I1 an event of ${commandId} has an id that a repeat would not have`);
    }
    const kept = ({ occurredAt, precision, recordedAt, source }: DecisionEvent) =>
      attempts.some(
        ({ meta }) =>
          (occurredAt === null || (meta.occurredAt === occurredAt && meta.precision === precision)) &&
          meta.recordedAt === recordedAt &&
          meta.source === source,
      );
    if (!events.every(kept))
      broken.push(`I1 ${commandId} is stored with another time or source than it was sent with`);
  }
  const unknown = stored.filter(({ sourceId }) => !commands.has(sourceId.split(':')[0] ?? ''));
  return [...broken, ...unknown.map(({ id }) => `I2 ${id} is stored and nobody sent it`)];
}

/** I1 for facts: what was answered is in the log, byte for byte. */
function judgeFacts({ facts }: Journal, { records }: Found): string[] {
  const there = new Set(records.map(bytesOf));
  return [...facts].flatMap(([bytes, sent]) => {
    const lost = sent.some(({ outcome }) => outcome === 'ok') && !there.has(bytes);
    return lost ? [`I1 ${sent[0]?.event.sourceId} was answered as taken and is not in the log`] : [];
  });
}

/** I1 and I2 for the log: what is stored is in it, as it is stored, and nothing else. */
function judgeLog({ facts, repeats }: Journal, { records, stored }: Found): string[] {
  const decisions = new Set(stored.map((event) => bytesOf(toRecord(event))));
  const there = new Set(records.map(bytesOf));
  const invented = records.filter((record) => !facts.has(bytesOf(record)) && !decisions.has(bytesOf(record)));
  const mine = records.filter((record) => decisions.has(bytesOf(record)));
  return [
    ...(mine.length > decisions.size && !repeats
      ? ['I3 decisions are in the log twice, and nothing failed']
      : []),
    ...[...decisions].filter((it) => !there.has(it)).map((it) => `I1 stored and not in the log: ${it}`),
    ...invented.map(
      ({ topic, offset }) => `I2 the record ${offset} of ${topic} is nothing that was sent or stored`,
    ),
  ];
}

/** I3: versions 1..N in the store, and in the order of their first occurrence in the log. */
function judgeStreams({ records, stored }: Found): string[] {
  const broken: string[] = [];
  const judgeOne = (where: string, stream: string, versions: readonly number[]) => {
    if (versions.some((version, n) => version !== n + 1)) {
      broken.push(`I3 ${stream} has versions ${versions.join(',')} in the ${where}`);
    }
  };
  for (const [stream, events] of Map.groupBy(stored, ({ key }) => key)) {
    judgeOne(
      'store',
      stream,
      events.map((event) => event.stream?.version ?? 0),
    );
  }
  const streams = records.filter(({ headers }) => headers['ce_stream'] !== undefined);
  for (const [stream, those] of Map.groupBy(streams, ({ key }) => key)) {
    judgeOne('log', stream, [...new Set(those.map(({ headers }) => Number(headers['ce_streamversion'])))]);
  }
  return broken;
}

/** I6: the outbox is empty, and the processing logs say where each event went, once. */
async function judgeHops(
  { database }: World,
  { records, stored }: Found,
  { events }: Expected,
): Promise<string[]> {
  const waiting = await database.query('select 1 from outbox');
  const relayed = await database.query<{
    event_id: string;
    topic: string;
    partition: number;
    offset: string;
  }>(`select event_id, topic, partition, "offset" from processing_log where hop = 'relayed'`);
  const projected = await database.query<{ event_id: string; times: number }>(
    'select event_id, count(*)::int as times from projection.processing_log group by event_id',
  );
  const sourceIds = new Map(stored.map(({ id, sourceId }) => [id, sourceId]));
  const at = new Map(records.map((it) => [`${it.topic}/${it.partition}/${it.offset}`, it.headers['ce_id']]));
  const wrong = relayed.rows.filter(({ event_id, topic, partition, offset }) => {
    const sourceId = sourceIds.get(event_id);
    return sourceId !== undefined && at.get(`${topic}/${partition}/${offset}`) !== sourceId;
  });
  const noted = new Set(relayed.rows.map(({ event_id }) => event_id));
  const times = new Map(projected.rows.map((row) => [row.event_id, row.times]));
  return [
    ...(waiting.rowCount > 0 ? [`I1 ${waiting.rowCount} rows are left in the outbox`] : []),
    ...wrong.map(({ event_id }) => `I6 the place noted for ${event_id} holds another event`),
    ...stored
      .filter(({ id }) => !noted.has(id))
      .map(({ id }) => `I6 it was not noted where ${id} was relayed to`),
    ...events
      .filter(({ id }) => times.get(id) !== 1)
      .map(({ id }) => `I6 ${id} is noted as projected ${times.get(id) ?? 0} times`),
  ];
}

/** I6: every record is accounted for as going through the log key by key says; I7: only what is poisoned is parked. */
async function judgeAccounts(runner: ProjectionRunner, expected: Expected): Promise<string[]> {
  const none = { accepted: 0, applied: 0, duplicates: 0, parked: 0, discarded: 0 };
  const broken = (await runner.accounting()).flatMap((account) => {
    const { topic, partition, accepted, applied, duplicates, parked, discarded, balanced } = account;
    const found = JSON.stringify({ accepted, applied, duplicates, parked, discarded });
    const wanted = JSON.stringify(expected.accounts.get(`${topic}/${partition}`) ?? none);
    return found === wanted && balanced
      ? []
      : [`I6 ${topic}/${partition} counts ${found}, must be ${wanted}`];
  });
  const { events } = await runner.parked.list({ limit: 1_000 });
  const waiting = new Set(
    events.filter(({ state }) => state !== 'discarded').map(({ topic, key }) => `${topic} ${key}`),
  );
  const wrong = [
    ...[...waiting].filter((key) => !expected.parkedKeys.has(key)),
    ...[...expected.parkedKeys].filter((key) => !waiting.has(key)),
  ];
  return [
    ...broken,
    ...wrong.map((key) => `I7 ${key} ${waiting.has(key) ? 'is parked without poison' : 'is not parked'}`),
  ];
}

/** I4: rows and digests of the live tables are those of a plain fold of the log. */
async function judgeTables(
  { database }: World,
  runner: ProjectionRunner,
  expected: Expected,
): Promise<string[]> {
  const fold = foldInMemory(expected);
  const { schema } = await runner.live();
  const digests = new Map((await runner.digests('content')).map(({ table, digest }) => [table, digest]));
  const selects = Object.entries(COLUMNS).map(([name, columns], at) => {
    const names = columns.split(' ').map((column) => `"${column}"`);
    const table = `"${schema}"."${name}"`;
    return `select '${name}' as name, jsonb_build_array(${names.join(', ')})::text as row, null as hash from ${table}
      union all select '${name}', null, encode(sha256(record_send(row(${names.join(', ')}))), 'hex')
      from jsonb_populate_recordset(null::${table}, $${at + 1}::jsonb)`;
  });
  const folded = Object.entries(COLUMNS).map(([name, columns]) => {
    const rows = fold[name] ?? [];
    return JSON.stringify(
      rows.map((row) => Object.fromEntries(columns.split(' ').map((it, n) => [it, row[n]]))),
    );
  });
  const { rows } = await database.query<Compared>(selects.join(' union all '), folded);
  const found = Map.groupBy(rows, ({ name }) => name);
  return Object.keys(COLUMNS).flatMap((name) => {
    const wanted = (fold[name] ?? []).map(rowText).sort().join('\n  ');
    const live = (found.get(name) ?? [])
      .flatMap(({ row }) => row ?? [])
      .sort()
      .join('\n  ');
    if (live !== wanted) return [`I4 table ${name} is\n  ${live}\nand the fold of the log says\n  ${wanted}`];
    const hashes = (found.get(name) ?? []).flatMap(({ hash }) => hash ?? []);
    return digests.get(name) === digestOf(hashes) ? [] : [`I4 the digest of ${name} is not that of its rows`];
  });
}

/** A row of a live table, or the server's hash of a row that the fold says. */
interface Compared {
  readonly name: string;
  readonly row: string | null;
  readonly hash: string | null;
}
