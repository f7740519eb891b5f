import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import kafkajs from 'kafkajs';
import lz4 from 'lz4-napi';
import snappy from 'snappy';
import { kafkaClient } from './kafka-client.ts';
import { withAdmin } from './kafka-topics.ts';
import {
  Collector,
  kafkaKit,
  rawBatch,
  RawProducer,
  record,
  testBrokers,
  texts,
  type LogKit,
} from '../testing/index.ts';

const whereKafkaIs = process.env['NO_KAFKA'] === '1' ? describe.skip : describe;

whereKafkaIs('what a client of its own writes to Kafka', () => {
  let kit: LogKit;
  let hostile: RawProducer;
  beforeAll(async () => {
    kit = await kafkaKit();
    hostile = await RawProducer.connect(testBrokers()[0] ?? '');
  });
  afterAll(async () => {
    hostile.close();
    await kit.close();
  });

  it('[log: kafka] S5 is read in every codec that Kafka has', async () => {
    const topic = await kit.topic(1);
    const codecs = [gzipSync, snappy.compressSync, lz4.compressFrameSync, zstdCompressSync];
    for (const [at, wrap] of codecs.entries()) {
      const batch = rawBatch([{ key: 'k', value: `${at}` }], {
        attributes: at + 1,
        wrap: (bytes) => wrap(bytes) as Buffer,
      });
      expect(await hostile.produce(topic, 0, batch)).toEqual({ errorCode: 0, offset: BigInt(at) });
    }
    const collector = new Collector('codecs', [topic]);
    const running = await kit.connect().subscribe(collector);
    await collector.waitFor(({ records }) => records.length === 4, 'the records of all codecs');
    expect(texts(collector.records)).toEqual(['0', '1', '2', '3']);
    await running.stop();
  });

  it('[log: kafka] S4 20,000 headers, a bomb and a batch of nonsense hold up no partition', async () => {
    const topic = await kit.topic(2);
    const log = kit.connect();
    const many = Array.from({ length: 20_000 }, (_, at) => [`h${at}`, 'v'] as const);
    const bomb = rawBatch([{ key: 'k', value: Buffer.alloc(256 * 1024 * 1024) }], {
      attributes: 4,
      wrap: (bytes) => zstdCompressSync(bytes),
    });
    for (const partition of [0, 1]) {
      for (const batch of [
        rawBatch([{ key: 'k', value: '{}', headers: many }]),
        bomb,
        rawBatch([{ key: 'k', value: '{}', offsetDelta: 7 }]),
      ]) {
        expect((await hostile.produce(topic, partition, batch)).errorCode).toBe(0);
      }
    }
    await log.send(
      topic,
      ['a', 'b', 'c', 'd'].map((key) => record(key, key)),
    );
    const collector = new Collector('hostile', [topic]);
    const running = await kit.connect().subscribe(collector);
    const good = ({ records }: Collector) => records.filter(({ foreign }) => foreign === undefined);
    await collector.waitFor((it) => good(it).length === 4, 'the good records');
    expect(texts(good(collector)).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(collector.records.filter(({ foreign }) => foreign?.code === 'too-many-headers')).toHaveLength(2);
    expect(collector.passed.map(({ code }) => code).sort()).toEqual([
      ...['batch-too-large', 'batch-too-large', 'malformed-batch', 'malformed-batch'],
    ]);
    expect([...collector.halts]).toEqual([]);
    await running.stop();
  });

  it('[log: kafka] S4 records of 5 MB in every partition, where the topic takes them, hold up none', async () => {
    const topic = await kit.topic(4);
    await withAdmin(kafkaClient({ brokers: testBrokers(), clientId: 'test' }, 'patient'), async (admin) => {
      const configEntries = [{ name: 'max.message.bytes', value: `${20 << 20}` }];
      const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }];
      await admin.alterConfigs({ validateOnly: false, resources });
    });
    const large = rawBatch([{ key: 'k', value: Buffer.alloc(5 << 20) }]);
    for (let round = 0; round < 3; round += 1) {
      for (const partition of [0, 1, 2, 3]) {
        expect((await hostile.produce(topic, partition, large)).errorCode).toBe(0);
      }
    }
    const keys = Array.from({ length: 20 }, (_, at) => record(`key-${at}`, `${at}`));
    await kit.connect().send(topic, keys);
    const collector = new Collector('large', [topic]);
    const running = await kit.connect().subscribe(collector);
    await collector.waitFor(({ records }) => records.length === 32, 'all records');
    const codes = Map.groupBy(collector.records, ({ foreign }) => foreign?.code ?? 'good');
    expect([codes.get('good')?.length, codes.get('value-too-large')?.length]).toEqual([20, 12]);
    await running.stop();
  });

  it('[log: kafka] S2 a record in a partition that its key does not hash to is foreign', async () => {
    const topic = await kit.topic(3);
    const placed = await kit.connect().send(topic, [record('k', 'right')]);
    const other = ((placed[0]?.partition ?? 0) + 1) % 3;
    await hostile.produce(topic, other, rawBatch([{ key: 'k', value: 'wrong' }]));
    const collector = new Collector('places', [topic]);
    const running = await kit.connect().subscribe(collector);
    await collector.waitFor(({ records }) => records.length === 2, 'both');
    const codes = collector.records.map(({ value, foreign }) => [String(value), foreign?.code]);
    expect(codes.sort()).toEqual([
      ['right', undefined],
      ['wrong', 'wrong-partition'],
    ]);
    await running.stop();
  });
});
