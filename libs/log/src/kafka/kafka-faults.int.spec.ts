import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import {
  Collector,
  eventually,
  kafkaKit,
  record,
  TcpProxy,
  testBrokers,
  texts,
  type LogKit,
} from '../testing/index.ts';
import { LogUnavailable, TopicMissing } from '../log.error.ts';
import { KafkaLog } from './kafka-log.ts';

(process.env['NO_KAFKA'] === '1' ? describe.skip : describe)('Kafka when connections fail (I1)', () => {
  let kit: LogKit;
  let proxy: TcpProxy;
  let log: KafkaLog;

  beforeAll(async () => void (kit = await kafkaKit()));
  afterAll(() => kit.close());

  beforeEach(async () => {
    const brokers = testBrokers();
    const [host = '', port = ''] = (brokers[0] ?? '').split(':');
    proxy = await TcpProxy.start({ host, port: Number(port) });
    log = new KafkaLog({
      brokers,
      clientId: 'faults',
      haltedMs: 200,
      commitMs: 100,
      socketFactory: ({ onConnect }) => connect(proxy.port, '127.0.0.1', onConnect),
    });
  });
  afterEach(async () => {
    await log.close();
    await proxy.stop();
  });

  it('[log: kafka] a subscription goes on after its connections were cut, with nothing skipped or repeated', async () => {
    const topic = await kit.topic(2);
    const collector = new Collector('cut', [topic]);
    await log.subscribe(collector);
    const sent: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const keys = Array.from({ length: 10 }, (_, at) => `${round}-${at}`);
      sent.push(...keys);
      await kit.connect().send(
        topic,
        keys.map((key) => record(key, key)),
      );
      await collector.waitFor(({ records }) => records.length >= sent.length, `round ${round}`);
      proxy.cut();
    }
    expect(texts(collector.records).toSorted()).toEqual(sent.toSorted());
  });

  it('[log: kafka] a reply lost after the append is LogUnavailable, and sending again repeats without reordering', async () => {
    const topic = await kit.topic(1);
    await log.send(topic, [record('k', '1')]);
    proxy.dropReplies();
    await expect(log.send(topic, [record('k', '2')], { timeoutMs: 500 })).rejects.toThrow('send them again');
    await log.send(topic, [record('k', '2')]);
    await log.send(topic, [record('k', '3')]);
    const collector = new Collector('lost-reply', [topic]);
    await kit.connect().subscribe(collector);
    await collector.waitFor(({ records }) => texts(records).includes('3'), 'the last record');
    expect(texts(collector.records)).toEqual(['1', '2', '2', '3']);
  });

  it('[log: kafka] I4: a topic made anew under a running reader halts, and gives nothing of the other log', async () => {
    const topic = await kit.topic(1);
    const batchOf = (label: string, count: number) =>
      Array.from({ length: count }, (_, at) => record('k', `${label} ${at}`));
    await log.send(topic, batchOf('first', 4));
    const collector = new Collector('anew', [topic]);
    await log.subscribe(collector);
    await collector.waitFor(({ records }) => records.length === 4, 'the first log');
    await kit.recreate(topic, 1);
    await kit.connect().send(topic, batchOf('another', 8));
    const ended = ({ halts, records }: Collector) =>
      /made anew/.test(halts.get(`${topic}/0`) ?? '') || records.length > 4;
    await collector.waitFor(ended, 'the partition to halt');
    expect(texts(collector.records)).toEqual(['first 0', 'first 1', 'first 2', 'first 3']);
  });

  it('[log: kafka] a subscription to a missing topic is refused, and lag tools see the positions of others', async () => {
    await expect(log.subscribe(new Collector('missing', ['journey.nowhere']))).rejects.toThrow(TopicMissing);
    const topic = await kit.topic(1);
    await log.send(topic, [record('k', '1'), record('k', '2')]);
    const group = `lag-${topic}`;
    await log.subscribe(new Collector(group, [topic]));
    await eventually('the committed offset', async () => (await kit.committed?.(group, topic)) === '2');
  });

  it('[log: kafka] a broker that is away is LogUnavailable to whoever asks for topics or marks', async () => {
    const gone = await TcpProxy.start({ host: '127.0.0.1', port: 1 });
    await gone.stop();
    const away = new KafkaLog({ brokers: [`127.0.0.1:${gone.port}`], clientId: 'away' });
    const asked = [away.checkTopics([{ name: 'journey.leads', partitions: 1 }]), away.marks('journey.leads')];
    for (const result of await Promise.allSettled(asked)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(LogUnavailable) });
    }
    await away.close();
  });
});
