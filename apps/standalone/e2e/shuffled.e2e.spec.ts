import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliver, type Sendable } from '@throughline/client';
import { eventId, fromRecord, isEvent, TOPICS, type JourneyEvent } from '@throughline/contracts';
import { analyticsViews, journeysProjection } from '@throughline/journeys';
import { memoryLog, readAll, type Log, type LogRecord } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase, type TestDatabase } from '@throughline/postgres/testing';
import { ProjectionRunner, type TableDigest } from '@throughline/projection';
import { SAMPLE_SOURCE, sampleCompany, SeededRandom } from '@throughline/sample';
import fc from 'fast-check';
import { oneProcess } from '../src/testing/one-process.ts';

/** How the records come another time; everything random about it follows from the seed. */
interface Delivery {
  readonly seed: number;
  readonly partitions: number;
  readonly repeats: number;
  /** most records a batch */
  readonly cut: number;
}
const aDelivery: fc.Arbitrary<Delivery> = fc.record({
  seed: fc.nat(),
  partitions: fc.integer({ min: 1, max: 6 }),
  repeats: fc.integer({ min: 1, max: 300 }),
  cut: fc.integer({ min: 20, max: 400 }),
});

describe('[log: memory] I4: state is a pure function of the set of events', () => {
  let records: readonly LogRecord[];
  let digests: readonly TableDigest[];
  let test: TestDatabase;
  let database: Database;
  let runs = 0;

  beforeAll(async () => {
    const log = memoryLog();
    const services = await oneProcess({ log });
    const sends = sampleCompany();
    const withdrawals = withdrawalsOf(sends);
    const early = withdrawals.splice(0, 20);
    await deliver([...early, ...sends, ...withdrawals], services.client, { batchSize: 200 });
    await services.settled();
    digests = await services.journeys.digests('content');
    records = await everything(log);
    await services.stop();
    await log.close();
    test = await testDatabase('shuffled');
    database = await Database.open({ url: test.url, name: 'shuffled' });
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  it('shuffled across partitions and keys, repeated and cut anew, gives the same digests and a plain fold', async () => {
    const events = records.map(fromRecord);
    const delivered = async (delivery: Delivery) => {
      const runner = await project(delivery);
      expect(await runner.digests('content')).toEqual(digests);
      expect(await leadRows(database)).toEqual(foldedLeads(events));
      expect(await opportunityRows(database)).toEqual(foldedOpportunities(events));
      expect(await touchesOfPersons(database)).toEqual(foldedTouches(events));
      expect(await struckTouches(database)).toEqual(foldedWithdrawals(events));
      const accounts = await runner.accounting();
      expect(accounts.every(({ balanced }) => balanced)).toBe(true);
      expect(accounts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(delivery.repeats);
      await runner.close();
    };
    await fc.assert(fc.asyncProperty(aDelivery, delivered), { numRuns: 5, endOnFailure: true });
  });

  async function project(delivery: Delivery): Promise<ProjectionRunner> {
    const random = new SeededRandom(delivery.seed);
    const log = memoryLog();
    await log.createTopics(TOPICS.map((name) => ({ name, partitions: delivery.partitions })));
    for (const record of shuffled(records, delivery.repeats, random)) await log.send(record.topic, [record]);
    runs += 1;
    const projection = { ...journeysProjection, name: `journeys_${runs}` };
    const runner = new ProjectionRunner({ database, log, projection, views: [analyticsViews] });
    await runner.prepare();
    await applyInTurns(runner, log, delivery.cut, random);
    return runner;
  }
});

/** Of every tenth touch, of some of them twice, of what is no touch, and of what nobody sends. */
function withdrawalsOf(sends: readonly Sendable[]): Sendable[] {
  const facts = sends.filter((send) => send.kind === 'fact');
  const touches = facts.filter(({ name }) => name === 'touch.recorded').filter((_, n) => n % 10 === 0);
  const others = facts.filter(({ name }) => name !== 'touch.recorded').slice(0, 3);
  const ids = [...touches, ...touches.slice(0, 9), ...others].map(({ id }) => id);
  return [...ids, 'nobody-sends-it'].map((touch, n) => ({
    ...{ kind: 'fact', name: 'touch.withdrawn', id: `withdrawal-${n}`, source: SAMPLE_SOURCE },
    ...{ occurredAt: `2026-11-2${n % 2}T00:00:00.000Z`, precision: 'instant', inferred: [] },
    data: { touch, reason: `reason ${n}` },
  }));
}

async function everything(log: Log): Promise<LogRecord[]> {
  const found: LogRecord[] = [];
  for (const topic of TOPICS) for await (const batch of readAll(log, topic)) found.push(...batch.records);
  return found;
}

/** Any order that keeps each key's own, with some records again once they were there. */
function shuffled(records: readonly LogRecord[], repeats: number, random: SeededRandom): LogRecord[] {
  const keys = Map.groupBy(records, ({ topic, key }) => `${topic} ${key}`);
  const sent: LogRecord[] = [];
  for (let waiting = [...keys.values()]; waiting.length > 0; waiting = waiting.filter((it) => it.length > 0))
    sent.push(...random.pick(waiting).splice(0, 1));
  for (let left = repeats; left > 0; left -= 1) {
    const at = random.between(0, sent.length - 1);
    sent.splice(random.between(at + 1, sent.length), 0, sent[at] as LogRecord);
  }
  return sent;
}

/** One batch of any size from any partition at a time, until nothing is left. */
async function applyInTurns(
  runner: ProjectionRunner,
  log: Log,
  cut: number,
  random: SeededRandom,
): Promise<void> {
  const open: { topic: string; partition: number; next: bigint; high: bigint }[] = [];
  for (const topic of TOPICS)
    for (const { partition, high } of await log.marks(topic)) open.push({ topic, partition, next: 0n, high });
  for (let left = open; left.length > 0; left = left.filter(({ next, high }) => next < high)) {
    const turn = random.pick(left);
    const end = turn.next + BigInt(random.between(1, cut));
    const range = { ...turn, from: turn.next, to: end < turn.high ? end : turn.high };
    for await (const batch of log.read(range)) turn.next = (await runner.applyBatch(batch)).next;
  }
}

// What the tables say, and a plain fold that shares neither SQL nor projector nor identity code with them.

type Rows = readonly Readonly<Record<string, string | number | null>>[];

const counted = {
  captured: 'lead.captured',
  assessed: 'lead.assessed',
  qualified: 'lead.qualified',
  offered: 'lead.offered',
  accepted: 'lead.accepted',
  rejected: 'lead.rejected',
  expired: 'lead.offer-expired',
  followed_up: 'lead.followed-up',
  recycled: 'lead.recycled',
  returned: 'lead.returned',
  disqualified: 'lead.disqualified',
  converted: 'lead.converted',
} as const;

async function leadRows(database: Database): Promise<Rows> {
  const counts = Object.keys(counted).map((name) => `${name}_count as ${name}`);
  const text = `select lead, stage, ${counts.join(', ')} from analytics_v1.lead order by lead collate "C"`;
  return (await database.query<Rows[number]>(text)).rows;
}

function foldedLeads(events: readonly JourneyEvent[]): Rows {
  return inStreams(events, 'lead.').map(([lead, own]) => {
    const names = own.map(({ name }) => name);
    const counts = Object.entries(counted).map(([column, name]) => [
      column,
      names.filter((it) => it === name).length,
    ]);
    return { lead, stage: stageAfter(names), ...(Object.fromEntries(counts) as Record<string, number>) };
  });
}

function stageAfter(names: readonly string[]): string {
  const back = names.includes('lead.qualified') ? 'qualified' : 'captured';
  const stages: Readonly<Record<string, string>> = {
    'lead.captured': 'captured',
    'lead.qualified': 'qualified',
    'lead.offered': 'offered',
    'lead.accepted': 'accepted',
    'lead.rejected': back,
    'lead.offer-expired': back,
    'lead.returned': back,
    'lead.recycled': 'nurturing',
    'lead.disqualified': 'disqualified',
    'lead.followed-up': 'working',
    'lead.converted': 'converted',
  };
  return stages[names.findLast((name) => name in stages) ?? ''] ?? '';
}

async function opportunityRows(database: Database): Promise<Rows> {
  const text = `select opportunity, status, stage, amount::text as amount, currency
                  from analytics_v1.opportunity order by opportunity collate "C"`;
  return (await database.query<Rows[number]>(text)).rows;
}

function foldedOpportunities(events: readonly JourneyEvent[]): Rows {
  return inStreams(events, 'opportunity.').map(([opportunity, own]) => {
    let row = { status: 'open', stage: null as string | null, ...moneyOf(null) };
    for (const event of own) {
      if (isEvent(event, 'opportunity.opened'))
        row = { ...row, stage: event.data.stage, ...moneyOf(event.data.amount) };
      if (isEvent(event, 'opportunity.stage-changed')) row.stage = event.data.to;
      if (isEvent(event, 'opportunity.won')) row = { ...row, status: 'won', ...moneyOf(event.data.amount) };
      if (isEvent(event, 'opportunity.lost')) row.status = 'lost';
    }
    return { opportunity, ...row };
  });
}

function moneyOf(money: { readonly amount: number; readonly currency: string | null } | null) {
  return {
    amount: money === null ? null : String(money.amount),
    currency: money?.currency ?? null,
  };
}

async function touchesOfPersons(database: Database): Promise<Rows> {
  const text = `select placed_person as person, count(*)::int as touches from analytics_v1.touch
                 where placed_person is not null and not withdrawn group by 1 order by placed_person collate "C"`;
  return (await database.query<Rows[number]>(text)).rows;
}

async function struckTouches(database: Database): Promise<Rows> {
  const text = `select event_id from analytics_v1.touch where withdrawn order by event_id::text collate "C"`;
  return (await database.query<Rows[number]>(text)).rows;
}

function foldedWithdrawals(events: readonly JourneyEvent[]): Rows {
  return events
    .filter((event) => isWithdrawn(event, events))
    .map(({ id }) => ({ event_id: id }))
    .sort(by('event_id'));
}

function isWithdrawn(touch: JourneyEvent, events: readonly JourneyEvent[]): boolean {
  if (touch.name !== 'touch.recorded') return false;
  return events.some(
    (event) =>
      isEvent(event, 'touch.withdrawn') &&
      eventId(event.data.source ?? event.source, event.data.touch) === touch.id,
  );
}

/** A touch of a visitor is that of the latest person at or before it who used the device, else of the first. */
function foldedTouches(events: readonly JourneyEvent[]): Rows {
  const links = events
    .filter((event) => isEvent(event, 'identity.linked'))
    .filter(({ data }) => data.relation === 'visitor-is-person')
    .sort((a, b) => compare(a.occurredAt ?? '', b.occurredAt ?? ''));
  const counts = new Map<string, number>();
  for (const event of events) {
    if (!isEvent(event, 'touch.recorded') || isWithdrawn(event, events)) continue;
    const own = links.filter(({ data }) => data.from === event.data.visitor);
    const link = own.findLast((it) => (it.occurredAt ?? '') <= (event.occurredAt ?? '')) ?? own[0];
    const person = event.data.person ?? link?.data.to ?? null;
    if (person !== null) counts.set(person, (counts.get(person) ?? 0) + 1);
  }
  return [...counts].map(([person, touches]) => ({ person, touches })).sort(by('person'));
}

function inStreams(events: readonly JourneyEvent[], prefix: string): [string, JourneyEvent[]][] {
  const own = events.filter(({ name }) => name.startsWith(prefix));
  const inOrder = own.toSorted((a, b) => (a.stream?.version ?? 0) - (b.stream?.version ?? 0));
  return [...Map.groupBy(inOrder, ({ stream }) => stream?.id ?? '')].sort(([a], [b]) => compare(a, b));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const by = (column: string) => (a: Rows[number], b: Rows[number]) =>
  compare(String(a[column]), String(b[column]));
