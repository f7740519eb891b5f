import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent, toRecord, type JourneyEvent } from '@throughline/contracts';
import { EventStore, migrateEventStore, WrongVersion } from '@throughline/event-store';
import { memoryLog, readAll, type Batch } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase, type TestDatabase } from '@throughline/postgres/testing';
import { ReactorRunner, StaleOwner, type React } from '@throughline/projection';
import {
  CONVERT_LEAD,
  convertLeadWhenOpportunityOpened,
} from './convert-lead-when-opportunity-opened.reactor.ts';
import { handleLeads } from './lead.controller.ts';
import { leadCommands, type SentLeadCommand } from './lead.commands.ts';
import { readLead } from './lead.query.ts';

const topic = 'journey.opportunities';
const now = () => new Date('2026-03-02T12:00:00Z');
const log = memoryLog();
let db: TestDatabase;
let database: Database;
let store: EventStore;
let runner: ReactorRunner;

beforeAll(async () => {
  db = await testDatabase('convert_lead');
  database = await Database.open({ url: db.url, name: 'leads' });
  await migrateEventStore(database);
  await log.createTopics([{ name: topic, partitions: 1 }]);
  store = new EventStore(database);
  runner = await prepared(convertLeadWhenOpportunityOpened(store, now));
});

afterAll(async () => {
  await runner.close();
  await database.close();
  await db.drop();
});

async function prepared(react: React): Promise<ReactorRunner> {
  const made = new ReactorRunner({ database, log, name: CONVERT_LEAD, topics: [topic], react });
  await made.prepare();
  return made;
}

async function capture(...leads: string[]): Promise<void> {
  const command: SentLeadCommand = { type: 'CaptureLead', data: leadCommands.CaptureLead.parse({}) };
  const meta = {
    commandId: null,
    source: 'urn:test',
    occurredAt: null,
    precision: 'unknown',
    inferred: [],
    traceparent: null,
    tracestate: null,
    recordedAt: now().toISOString(),
  } as const;
  await handleLeads(store, now).handleMany(leads.map((stream) => ({ stream, command, meta })));
}

function opened(opportunity: string, leads: string[], changes: object = {}): JourneyEvent {
  const data = { opportunity, leads };
  return sampleEvent('opportunity.opened', { sourceId: opportunity, data, ...changes });
}

const send = (...events: JourneyEvent[]) => log.send(topic, events.map(toRecord));
const state = async (lead: string) => (await readLead(store, lead)).state;
const version = async (lead: string) => (await readLead(store, lead)).version;

async function lastBatch(): Promise<Batch> {
  const batches: Batch[] = [];
  for await (const batch of readAll(log, topic)) batches.push(batch);
  const last = batches.at(-1);
  if (!last) throw new Error('the topic is empty');
  return { ...last, records: last.records.slice(-1) };
}

describe('an opportunity that was opened', () => {
  it('converts every lead it names, in its own time, source and trace', async () => {
    await capture('lead-1', 'lead-2');
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await send(
      opened('deal-1', ['lead-1', 'lead-2', 'lead-1'], { traceparent, inferred: ['leads', 'time'] }),
    );
    await runner.runOnce();
    for (const lead of ['lead-1', 'lead-2']) {
      expect(await readLead(store, lead)).toMatchObject({
        version: 2,
        state: { situation: 'converted', opportunity: 'deal-1' },
        events: [
          {},
          {
            name: 'lead.converted',
            source: 'urn:throughline:sample',
            occurredAt: '2026-03-01T09:30:00.000Z',
            inferred: ['opportunity', 'time'],
          },
        ],
      });
    }
    expect((await store.read('lead-1')).at(-1)?.traceparent).toBe(traceparent);
  });

  it('I1 converts once, however often it is delivered', async () => {
    await capture('lead-10');
    const event = opened('deal-10', ['lead-10']);
    await send(event, event);
    await runner.runOnce();
    await send(event);
    await runner.runOnce();
    expect(await version('lead-10')).toBe(2);
  });

  it('I5 changes nothing when its batch is applied again by an owner that does not know', async () => {
    await capture('lead-20');
    await send(opened('deal-20', ['lead-20']));
    const batch = await lastBatch();
    await runner.applyBatch(batch);
    await expect(runner.applyBatch(batch)).rejects.toThrow(StaleOwner);
    expect(await version('lead-20')).toBe(2);
  });

  it('I1 has its effect and its position together, or neither', async () => {
    await capture('lead-30');
    await send(opened('deal-30', ['lead-30']));
    const react = convertLeadWhenOpportunityOpened(store, now);
    const cut = await prepared(async (tx, events) => {
      await react(tx, events);
      throw Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' });
    });
    const before = await cut.position(topic, 0);
    await expect(cut.runOnce()).rejects.toThrow('the connection was lost');
    expect({ at: await cut.position(topic, 0), version: await version('lead-30') }).toEqual({
      at: before,
      version: 1,
    });
    await cut.close();
    await runner.runOnce();
    expect(await version('lead-30')).toBe(2);
  });

  it('I7 is not parked when its lead moved meanwhile, and is judged anew', async () => {
    await capture('lead-31');
    await send(opened('deal-31', ['lead-31']));
    const react = convertLeadWhenOpportunityOpened(store, now);
    const raced = await prepared(async () => {
      throw new WrongVersion('lead-31', 1, 2);
    });
    await expect(raced.runOnce()).rejects.toThrow(WrongVersion);
    expect(await raced.parked.counts()).toEqual({});
    await raced.close();
    const again = await prepared(react);
    await again.runOnce();
    await again.close();
    expect(await version('lead-31')).toBe(2);
  });

  it('I1 adds nothing when every position is lost and all is read again', async () => {
    await database.query(`drop schema ${CONVERT_LEAD}_v1 cascade`);
    await database.query('delete from projection.build');
    const versions = await Promise.all(['lead-1', 'lead-2', 'lead-10', 'lead-20', 'lead-30'].map(version));
    const again = await prepared(convertLeadWhenOpportunityOpened(store, now));
    expect(await again.runOnce()).toBeGreaterThan(5);
    await again.close();
    expect(await Promise.all(['lead-1', 'lead-2', 'lead-10', 'lead-20', 'lead-30'].map(version))).toEqual(
      versions,
    );
  });
});

describe('a refusal', () => {
  it('is recorded with its rule, parks nothing, and holds nobody up', async () => {
    await capture('lead-40');
    const unknown = opened('deal-40', ['lead-nobody', 'lead-40']);
    await send(unknown, opened('deal-41', ['lead-40']));
    await runner.runOnce();
    expect(await state('lead-40')).toMatchObject({ situation: 'converted', opportunity: 'deal-40' });
    const refusals = await runner.refusals(10);
    expect(refusals).toHaveLength(2);
    expect(refusals).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ eventId: unknown.id, code: 'lead-unknown' }),
        expect.objectContaining({ code: 'lead-converted-otherwise' }),
      ]),
    );
    expect(await runner.parked.counts()).toEqual({});
  });
});
