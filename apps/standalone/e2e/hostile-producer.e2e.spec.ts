import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { partitionOf, readAll } from '@throughline/log';
import { eventually, otherClient, RawProducer } from '@throughline/log/testing';
import { allApart, type AllApart } from '../src/testing/all-apart.ts';
import type { HostileRecord } from '../src/testing/hostile-event.ts';
import { hostileRecords } from '../src/testing/hostile-records.ts';
import { Journeys } from '../src/testing/journeys.ts';
import { settled } from '../src/testing/settled.ts';
import { describeOnKafka } from '../src/testing/test-logs.ts';

const START_MS = 180_000;
const LEAD = 'lead-attacked';

interface Status {
  readonly accounting: { readonly balanced: boolean; readonly parked: number };
  readonly unreadable: {
    readonly records: number;
    readonly batches: readonly {
      readonly code: string;
      readonly place: string;
      readonly discarded: boolean;
    }[];
  };
  readonly transactionOffsets: number;
  readonly conflicts: number;
  readonly lag: { readonly events: number };
  readonly positions: readonly { readonly topic: string; readonly held: number }[];
}

interface Parked {
  readonly topic: string;
  readonly code: string;
}

/** Where what a service could not read is listed, and the topics that it reads. */
const lists = [
  ['journeys', '/v1/parked', /./],
  ['leads', '/v1/reactions/convert-lead-when-opportunity-opened/parked', /opportunities/],
  ['attribution', '/v1/evidence/parked', /./],
] as const;

describeOnKafka('a hostile producer beside running services', () => {
  let apart: AllApart;
  let hostile: RawProducer;
  let client: ReturnType<typeof otherClient>;
  let records: HostileRecord[];
  let leads = 0;
  let facts = 0;
  /** from the sending of good traffic to its being read, in ms, by what was produced before it */
  const times: [string, number][] = [];

  beforeAll(async () => {
    apart = await allApart();
    const { sasl } = apart.access;
    if (!sasl) throw new TypeError('the broker asks for no password');
    hostile = await RawProducer.connect(apart.broker, sasl);
    const { username, password } = sasl;
    client = otherClient({
      ...{ brokers: [apart.broker], clientId: 'hostile' },
      sasl: { mechanism: 'plain', username, password },
    });
    records = hostileRecords(apart.partitions, LEAD);
    await lead(LEAD);
  }, START_MS);
  afterAll(async () => {
    hostile?.close();
    await apart?.stop();
    if (process.env['MEASURE']) {
      const sorted = times.toSorted(([, a], [, b]) => b - a);
      process.stdout.write(
        `${sorted.map(([what, ms]) => `${Math.round(ms)} ms after ${what}`).join('\n')}\n`,
      );
    }
  }, START_MS);

  const status = () => apart.client.get<Status>('journeys', '/v1/status');

  async function lead(id: string): Promise<void> {
    const command = {
      command: 'capture',
      id,
      idempotencyKey: id,
      source: 'urn:good',
      data: { source: 'trade-fair' },
    };
    const { results } = await apart.client.post<{ results: { after: string }[] }>(
      'leads',
      '/v1/leads/commands',
      {
        commands: [command],
      },
    );
    const { after = '' } = results[0] ?? {};
    leads += 1;
    await apart.client.get('journeys', `/v1/journeys/lead/${id}`, { after, wait: 30 });
  }

  /** A fact for every partition, and a lead: each is read back before the next kind is tried. */
  async function goodTraffic(what: string): Promise<void> {
    const from = performance.now();
    const events = Array.from({ length: 6 }, () => {
      facts += 1;
      const data = {
        kind: 'activity',
        touchType: 'page-view',
        team: 'marketing',
        visitor: `visitor-${facts}`,
      };
      return {
        specversion: '1.0',
        id: `good-${facts}`,
        source: 'urn:good',
        type: 'throughline.touch.recorded.v1',
        data,
      };
    });
    const body = JSON.stringify(events);
    const { after } = await apart.client.emit<{ after: string }>(body, 'application/cloudevents-batch+json');
    const visitor = `visitor-${facts}`;
    const found = await apart.client.get<{ items: unknown[] }>(
      'journeys',
      `/v1/journeys/visitor/${visitor}`,
      {
        ...{ after, wait: 30 },
      },
    );
    expect(found.items).toHaveLength(1);
    await lead(`lead-good-${leads}`);
    times.push([what, performance.now() - from]);
  }

  /** A broker ends the connection of who sends what it cannot read. */
  async function produce({ topic, partition, batch }: HostileRecord): Promise<boolean> {
    try {
      return (await hostile.produce(topic, partition, batch)).errorCode === 0;
    } catch {
      hostile.close();
      hostile = await RawProducer.connect(apart.broker, apart.access.sasl);
      return false;
    }
  }

  it('S9 no other user of the machine reads the log files of the services', () => {
    const files = readdirSync(apart.folder).filter((name) => name.endsWith('.log'));
    expect(files).toHaveLength(5);
    for (const name of files)
      expect([name, statSync(join(apart.folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  });

  it('O3 the id that an answer names is in a header of the record, of decisions and of facts', async () => {
    const command = { command: 'capture', id: 'lead-found', source: 'urn:good', data: {} };
    const { results } = await apart.client.post<{ results: { events: { id: string }[] }[] }>(
      ...(['leads', '/v1/leads/commands', { commands: [command] }] as const),
    );
    leads += 1;
    facts += 1;
    const data = { kind: 'activity', touchType: 'page-view', team: 'marketing', visitor: `visitor-${facts}` };
    const fact = {
      specversion: '1.0',
      id: 'found',
      source: 'urn:good',
      type: 'throughline.touch.recorded.v1',
      data,
    };
    const answer = await apart.client.emit<{ id: string }>(
      JSON.stringify(fact),
      'application/cloudevents+json',
    );
    await settled(apart.client, ['leads', 'journeys']);
    for (const [topic, id] of [
      ['journey.leads', results[0]?.events[0]?.id],
      ['journey.touches', answer.id],
    ] as const) {
      const ids: (string | undefined)[] = [];
      for await (const batch of readAll(apart.log, topic))
        ids.push(...batch.records.map(({ headers }) => headers['ce_eventid']));
      expect(ids).toContain(id);
    }
  });

  const taken: HostileRecord[] = [];
  it('S2 S4 S5 good traffic is read after every kind of record that it writes', async () => {
    expect(records.length).toBeGreaterThan(60);
    for (const record of records) {
      const isTaken = await produce(record);
      if (isTaken) taken.push(record);
      // what the broker refuses can only be nothing that is expected to be listed
      if (record.parked !== null || record.unreadable !== undefined) {
        if (!/^a time /.test(record.what)) expect([record.what, isTaken]).toEqual([record.what, true]);
      }
      await goodTraffic(record.what);
    }
    expect(taken.length).toBeGreaterThan(50);
  }, 300_000);

  let markers = 0;
  it('S3 good traffic is read after transactions, and what they took back is not applied', async () => {
    const producer = client.producer({
      transactionalId: 'hostile',
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const value = JSON.stringify({ lead: LEAD, reason: 'bought elsewhere' });
    const headers = {
      ...{ ce_specversion: '1.0', ce_id: 'h', ce_source: 'urn:hostile', ce_precision: 'unknown' },
      ...{ ce_type: 'throughline.lead.disqualified.v1', ce_stream: LEAD, ce_streamversion: '2' },
    };
    const message = { key: LEAD, value, headers, partition: partitionOf(LEAD, apart.partitions) };
    for (const topic of ['journey.leads', 'journey.touches', 'journey.opportunities']) {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [message, message] });
      await transaction.abort();
      markers += 3;
      await goodTraffic(`an aborted transaction in ${topic}`);
    }
    const open = await producer.transaction();
    const elsewhere = 'journey.campaigns';
    await open.send({ topic: elsewhere, messages: [message] });
    await goodTraffic('a transaction that stays open');
    const held = (await status()).positions.filter(({ topic }) => topic === elsewhere).map((it) => it.held);
    expect(held.toSorted()).toEqual([0, 0, 1]);
    await open.abort();
    markers += 2;
    await eventually('what it held to be let go', async () =>
      (await status()).positions.every((it) => it.held === 0),
    );
    await producer.disconnect();
  }, 120_000);

  it('I6 S5 status and verify tell all of it, and nothing of it was applied', async () => {
    await settled(apart.client);
    await everythingTold();
  }, 120_000);

  it('S5 what cannot be decoded is given up with a reason, and verify finds nothing unread', async () => {
    const by = { reason: 'a broken client', by: 'ada' };
    for (const { place } of (await status()).unreadable.batches) {
      await apart.client.post('journeys', `/v1/parked/${place}/discard`, by);
    }
    expect((await status()).unreadable.batches.filter(({ discarded }) => !discarded)).toEqual([]);
    isGivenUp = true;
    await everythingTold();
  }, 120_000);

  it('S5 a restart changes nothing of that', async () => {
    await apart.restart('journeys');
    await goodTraffic('a restart');
    await everythingTold();
  }, 120_000);

  let isGivenUp = false;
  async function everythingTold(): Promise<void> {
    await eventually('the lag to end', async () => (await status()).lag.events === 0);
    const now = await status();
    const unreadable = taken.filter((record) => record.unreadable !== undefined);
    expect(now).toMatchObject({ accounting: { balanced: true }, conflicts: 0, transactionOffsets: markers });
    expect(now.unreadable.batches.map(({ code }) => code).toSorted()).toEqual(
      unreadable.map((record) => record.unreadable).toSorted(),
    );
    expect(now.unreadable.records).toBe(unreadable.reduce((sum, record) => sum + record.records, 0));
    for (const [service, path, topics] of lists) {
      const parked: Parked[] = [];
      for await (const one of apart.client.all<Parked>(service, path, { limit: 500 })) parked.push(one);
      const expected = taken.filter(({ topic, parked: code }) => code !== null && topics.test(topic));
      expect([service, counted(parked.map(({ code }) => code))]).toEqual([
        service,
        counted(
          expected.flatMap(({ parked: code, records: of }) => Array.from({ length: of }, () => code ?? '')),
        ),
      ]);
    }
    const journeys = new Journeys(apart.client);
    const rows = new Map((await journeys.digests()).map(({ table, rows: count }) => [table, count]));
    expect([rows.get('lead'), rows.get('touch'), rows.get('opportunity'), rows.get('entry')]).toEqual([
      ...[leads, facts, 0, leads + facts],
    ]);
    expect(await journeys.timeline('lead', LEAD)).toHaveLength(1);
    const proof = await journeys.verify();
    expect(proof).toMatchObject({ equal: true, complete: isGivenUp });
  }
});

/** Codes with how often each stands; those behind another of their key count as that one would. */
function counted(codes: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length] as const).toSorted(),
  );
}
