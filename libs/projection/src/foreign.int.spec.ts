import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { toRecord, type JourneyEvent } from '@throughline/contracts';
import { kafkaLog, memoryLog, type Batch, type Log, type NewRecord } from '@throughline/log';
import {
  eventually,
  kafkaKit,
  rawBatch,
  RawProducer,
  testBrokers,
  topicsUnder,
  type LogKit,
} from '@throughline/log/testing';
import type { ProjectionRunner } from './index.ts';
import { Bench, exampleProjection, leadStream, touch } from './testing/index.ts';

const TOPICS = ['journey.touches', 'journey.identities', 'journey.leads'];
const noKafka = process.env['NO_KAFKA'] === '1';

describe('records that no sender of this platform wrote', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('foreign');
  });
  afterAll(() => bench.end());

  const runnerOver = (log: Log) => {
    const projection = { ...exampleProjection(), name: `foreign_${(count += 1)}` };
    return bench.runner(log, projection);
  };
  const parked = async (runner: ProjectionRunner) =>
    (await runner.parked.list({ limit: 100 })).events.map(({ code }) => code).sort();
  const leads = (runner: ProjectionRunner) =>
    bench.rows(runner, 'select lead, version from lead order by lead');
  const visitors = async (runner: ProjectionRunner) =>
    (await bench.rows<{ visitor: string }>(runner, 'select visitor from touch order by visitor')).map(
      ({ visitor }) => visitor,
    );
  const agrees = async (runner: ProjectionRunner) => {
    expect((await runner.accounting()).filter(({ balanced }) => !balanced)).toEqual([]);
    expect(await runner.verify()).toMatchObject({ equal: true });
    expect(await runner.rebuild()).toMatchObject({ equal: true, switched: true });
  };

  const logs: [string, () => Promise<Log>][] = [
    ['memory', async () => memoryLog()],
    ...(noKafka ? [] : ([['kafka', async () => (await overKafka()).log]] as [string, () => Promise<Log>][])),
  ];
  it.each(logs)(
    '[log: %s] S2 an event in a topic that is not its own changes nothing and stops nobody',
    async (_, open) => {
      const log = await open();
      await log.createTopics(TOPICS.map((name) => ({ name, partitions: 1 })));
      const runner = await runnerOver(log);
      const [first, second, third] = leadStream('lead-1', 3).map((event: JourneyEvent) => toRecord(event));
      const moment = toRecord(touch('t1', 'visitor-1'));
      if (!first || !second || !third) throw new TypeError('no events');
      await log.send('journey.leads', [first]);
      await log.send('journey.touches', [
        first,
        second,
        { ...second, key: moment.key },
        { ...third, headers: { ...third.headers, ce_streamversion: '1' } },
        moment,
      ]);
      await log.send('journey.identities', [moment, second]);
      await runner.runOnce();
      expect(await leads(runner)).toEqual([{ lead: 'lead-1', version: 1 }]);
      expect(await visitors(runner)).toEqual(['visitor-1']);
      expect(await parked(runner)).toEqual(Array.from({ length: 6 }, () => 'wrong-topic'));
      await log.send('journey.leads', [second]);
      await runner.runOnce();
      expect(await leads(runner)).toEqual([{ lead: 'lead-1', version: 2 }]);
      await agrees(runner);
      await log.close();
    },
  );

  it.each<[string, (good: NewRecord) => Partial<NewRecord>, string]>([
    ['another key', () => ({ key: 'another' }), 'bad-record'],
    ['an empty key', () => ({ key: '' }), 'bad-record'],
    ['the id of another', (it) => ({ headers: { ...it.headers, ce_eventid: randomUUID() } }), 'bad-record'],
    [
      'a stream that facts have not',
      (it) => ({ headers: { ...it.headers, ce_stream: 'x', ce_streamversion: '1' } }),
      'bad-record',
    ],
    ['no headers', () => ({ headers: {} }), 'bad-record'],
    [
      'the headers of structured mode',
      () => ({ headers: { 'content-type': 'application/cloudevents+json' } }),
      'bad-record',
    ],
    [
      'another content type',
      (it) => ({ headers: { ...it.headers, 'content-type': 'text/csv' } }),
      'bad-record',
    ],
    [
      'a day far ahead',
      (it) => ({ headers: { ...it.headers, ce_time: '2099-01-01T00:00:00Z' } }),
      'time-ahead',
    ],
    ['a key of 1 MB', () => ({ key: 'k'.repeat(1 << 20) }), 'key-too-large'],
    [
      '20,000 headers',
      (it) => ({
        headers: {
          ...it.headers,
          ...Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`h${n}`, ''])),
        },
      }),
      'too-many-headers',
    ],
    [
      'a header of 1 MB',
      (it) => ({ headers: { ...it.headers, h: 'x'.repeat(1 << 20) } }),
      'headers-too-large',
    ],
    ['a value of 2 MB', () => ({ value: Buffer.alloc(2 << 20) }), 'value-too-large'],
  ])(
    '[log: memory] S4 a record with %s is parked, and what follows under its key is applied',
    async (_, change, code) => {
      const log = await bench.log(1);
      const runner = await runnerOver(log);
      const good = toRecord(touch('t1', 'visitor-1'));
      await log.send('journey.touches', [{ ...good, ...change(good) }, good]);
      await runner.runOnce();
      const found = await parked(runner);
      expect(found).toContain(code);
      expect(await visitors(runner)).toEqual(['visitor-1']);
      await agrees(runner);
    },
  );

  it.each<[string, (good: NewRecord) => Partial<NewRecord>]>([
    ['a NUL in their source', (it) => ({ headers: { ...it.headers, ce_source: 'a\0b' } })],
    ['a NUL in their id', (it) => ({ headers: { ...it.headers, ce_id: '\0' } })],
    ['a NUL among what was inferred', (it) => ({ headers: { ...it.headers, ce_inferred: 'a,\0' } })],
    ['half a character in their source', (it) => ({ headers: { ...it.headers, ce_source: '\uD800' } })],
    ['a source of 100 KB', (it) => ({ headers: { ...it.headers, ce_source: 'x'.repeat(100_000) } })],
    ['a day of the year 0', (it) => ({ headers: { ...it.headers, ce_time: '0000-01-01T00:00:00Z' } })],
    [
      'a recording of the year 0',
      (it) => ({ headers: { ...it.headers, ce_recordedat: '0000-01-01T00:00:00Z' } }),
    ],
    [
      'a recording of the year 9999',
      (it) => ({ headers: { ...it.headers, ce_recordedat: '9999-01-01T00:00:00Z' } }),
    ],
    ['a time of the year 275760', (it) => ({ timestamp: 8.6e15, headers: withoutRecordedAt(it) })],
    ['a time before all years', (it) => ({ timestamp: -8.6e15, headers: withoutRecordedAt(it) })],
    [
      'a type of 100 KB',
      (it) => ({ headers: { ...it.headers, ce_type: `throughline.${'x'.repeat(100_000)}.v1` } }),
    ],
    [
      'an event id in capitals',
      (it) => ({ headers: { ...it.headers, ce_eventid: String(it.headers['ce_eventid']).toUpperCase() } }),
    ],
  ])('[log: memory] S4 sixty records with %s halt nothing', async (_, change) => {
    const log = await bench.log(1);
    const runner = await runnerOver(log);
    const records = Array.from({ length: 60 }, (_one, n) => toRecord(touch(`t${n}`, `visitor-${n}`)));
    const good = toRecord(touch('good', 'good'));
    await log.send('journey.touches', [...records.map((it) => ({ ...it, ...change(it) })), good]);
    await runner.runOnce();
    expect(await visitors(runner)).toEqual(['good']);
    expect(await parked(runner)).toHaveLength(60);
    await agrees(runner);
  });

  let kit: LogKit;
  async function overKafka() {
    const prefix = `foreign.${randomUUID()}`;
    const log = topicsUnder(prefix, kafkaLog({ brokers: testBrokers(), clientId: 'foreign' }));
    await log.createTopics(TOPICS.map((name) => ({ name, partitions: 1 })));
    return { log, topic: `${prefix}.journey.touches` };
  }

  (noKafka ? describe.skip : describe)('on Kafka', () => {
    let hostile: RawProducer;
    beforeAll(async () => {
      kit = await kafkaKit();
      hostile = await RawProducer.connect(testBrokers()[0] ?? '');
    });
    afterAll(async () => {
      hostile.close();
      await kit.close();
    });

    it('[log: kafka] S3 aborted transactions leave no trace but offsets, and everything adds up', async () => {
      const { log, topic } = await overKafka();
      const runner = await runnerOver(log);
      const moment = (name: string) => toRecord(touch(name, name));
      for (const [name, end] of [
        ['a', 'abort'],
        ['b', 'commit'],
        ['c', 'abort'],
      ] as const) {
        const transaction = await kit.transact?.(topic, [moment(name), moment(`${name}2`)]);
        await transaction?.[end]();
      }
      const [placed] = await log.send('journey.touches', [moment('plain')]);
      await (await kit.transact?.(topic, [moment('last')]))?.abort();
      await ended(log);
      const [mark] = await log.marks('journey.touches');
      await runner.runOnce();
      expect(await visitors(runner)).toEqual(['b', 'b2', 'plain']);
      expect(await parked(runner)).toEqual([]);
      const account = (await runner.accounting()).find(({ topic: of }) => of === 'journey.touches');
      expect(account).toMatchObject({ accepted: 3, applied: 3, transaction: Number(mark?.high) - 3 });
      expect((await runner.lag()).map(({ events, held }) => [events, held])).toEqual(
        TOPICS.map(() => [0n, 0n]),
      );
      expect(await runner.waitFor(`p.journey.touches.0.${placed?.offset}`, 0)).toBe('applied');
      expect(await runner.waitFor(`p.journey.touches.0.${Number(mark?.high) - 1}`, 0)).toBe('applied');
      await agrees(runner);
      await log.close();
    });

    it('[log: kafka] S3 what an open transaction holds back is counted until it ends', async () => {
      const { log, topic } = await overKafka();
      const runner = await runnerOver(log);
      const open = await kit.transact?.(topic, [toRecord(touch('open', 'open'))]);
      await log.send('journey.touches', [toRecord(touch('behind', 'behind'))]);
      await runner.runOnce();
      expect(await visitors(runner)).toEqual([]);
      expect((await runner.lag()).filter(({ held }) => held > 0n)).toMatchObject([{ held: 2n, events: 0n }]);
      await open?.commit();
      await ended(log);
      await runner.runOnce();
      expect(await visitors(runner)).toEqual(['behind', 'open']);
      await agrees(runner);
      await log.close();
    });

    it('[log: kafka] S5 a batch that cannot be decoded is listed, the rest goes on, and it can be given up', async () => {
      const { log, topic } = await overKafka();
      const runner = await runnerOver(log);
      await log.send('journey.touches', [toRecord(touch('before', 'before'))]);
      const nonsense = rawBatch([{ key: 'k' }, { key: 'k', offsetDelta: 9 }, { key: 'k' }]);
      expect(await hostile.produce(topic, 0, nonsense)).toEqual({ errorCode: 0, offset: 1n });
      await log.send('journey.touches', [toRecord(touch('after', 'after'))]);
      await runner.runOnce();
      expect(await visitors(runner)).toEqual(['after', 'before']);
      const range = { place: 'p.journey.touches.0.1', first: 1n, next: 4n, code: 'malformed-batch' };
      expect(await runner.unreadable()).toMatchObject([{ ...range, discarded: false }]);
      await agrees(runner);
      await runner.parked.discard(range.place, { reason: 'a broken client', by: 'ada' });
      expect(await runner.unreadable()).toMatchObject([{ ...range, discarded: true }]);
      await agrees(runner);
      await log.close();
    });

    it('[log: kafka] S5 a stored batch without its checksum halts its partition at its offset until it is given up', async () => {
      const { log, topic } = await overKafka();
      await log.send('journey.touches', [toRecord(touch('before', 'before'))]);
      await hostile.produce(topic, 0, rawBatch([{ key: 'k', offsetDelta: 9 }]));
      await log.send('journey.touches', [toRecord(touch('after', 'after'))]);
      await log.send(
        'journey.leads',
        leadStream('lead-1', 1).map((event: JourneyEvent) => toRecord(event)),
      );
      const runner = await runnerOver(rotten(log));
      await expect(runner.runOnce()).rejects.toThrow('halts at offset 1: a batch cannot be decoded');
      await expect(runner.runOnce()).rejects.toThrow('throughline parked discard p.journey.touches.0.1');
      expect(await visitors(runner)).toEqual(['before']);
      await expect(
        runner.parked.discard('p.journey.touches.0.0', { reason: 'x', by: 'ada' }),
      ).rejects.toThrow('not parked');
      await runner.parked.discard('p.journey.touches.0.1', { reason: 'the disk rotted', by: 'ada' });
      await runner.runOnce();
      expect(await visitors(runner)).toEqual(['after', 'before']);
      expect(await leads(runner)).toEqual([{ lead: 'lead-1', version: 1 }]);
      expect(await runner.unreadable()).toMatchObject([{ first: 1n, next: 2n, discarded: true }]);
      await agrees(runner);
      await log.close();
    });
  });
});

function withoutRecordedAt({ headers }: NewRecord): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'ce_recordedat'));
}

/** The broker writes the marker that ends a transaction after it has answered. */
function ended(log: Log): Promise<void> {
  return eventually('the end of it', async () => (await log.marks('journey.touches'))[0]?.end === undefined);
}

/** The same log, whose undecodable batches are taken for rot: a broker takes no batch with a wrong checksum. */
function rotten(log: Log): Log {
  const turned = ({ passed = [], ...batch }: Batch): Batch => ({
    ...batch,
    passed: passed.map((range) => (range.kind === 'unreadable' ? { ...range, kind: 'broken' } : range)),
  });
  return {
    ...log,
    async *read(range) {
      for await (const batch of log.read({ ...range, batchSize: 1 })) yield turned(batch);
    },
  };
}
