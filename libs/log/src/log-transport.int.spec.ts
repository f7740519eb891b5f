import { Controller, Injectable, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  LogContext,
  LogExceptionFilter,
  LogTransport,
  OnBatch,
  PartitionHalted,
  START,
  type Batch,
  type Log,
  type Position,
} from './index.ts';
import { Collector, eventually, kafkaKit, memoryKit, record, texts, type LogKit } from './testing/index.ts';

const topic = 'journey.touches';

@Injectable()
class Timeline {
  readonly collector = new Collector('timeline', [topic]);
  throws: unknown[] = [];
  returnsNothing = 0;
}

@Controller()
class TimelineConsumer {
  constructor(private readonly timeline: Timeline) {}

  @OnBatch('timeline', [topic])
  async apply(@Payload() batch: Batch, @Ctx() context: LogContext): Promise<Position | undefined> {
    expect(context.batch).toBe(batch);
    expect(context.group).toBe('timeline');
    expect(context.signal.aborted).toBe(false);
    if (this.timeline.throws.length > 0) throw this.timeline.throws.shift();
    if (this.timeline.returnsNothing-- > 0) return undefined;
    return this.timeline.collector.handle(batch);
  }
}

@Module({ controllers: [TimelineConsumer], providers: [Timeline] })
class TimelineModule {}

describe('the Nest transport over the log (I1)', () => {
  let app: INestMicroservice | undefined;
  let kit: LogKit;
  let transport: LogTransport;

  afterEach(async () => {
    await app?.close();
    await kit.close();
  });

  async function start(log: Log, name = topic): Promise<Timeline> {
    const halts: string[] = [];
    transport = new LogTransport({
      log: Object.assign(Object.create(log) as Log, {
        // The decorator's topic is fixed; every run of a real broker has its own.
        subscribe: (subscription: Parameters<Log['subscribe']>[0]) =>
          log.subscribe({
            ...subscription,
            topics: [name],
            group: `${subscription.group}-${randomUUID()}`,
            position: (of, partition) => subscription.position(of, partition),
            handle: (batch, signal) => subscription.handle(batch, signal),
          }),
      }),
      position: async (_, of, partition) => timeline.collector.positions.get(`${of}/${partition}`) ?? START,
      halted: (_group, _topic, _partition, reason) => halts.push(reason),
    });
    app = await NestFactory.createMicroservice(TimelineModule, { strategy: transport, logger: false });
    app.useGlobalFilters(new LogExceptionFilter());
    const timeline = app.get(Timeline);
    await app.listen();
    return timeline;
  }

  it('[log: memory] calls the handler once per batch and goes on from the position it returns', async () => {
    kit = memoryKit();
    const log = kit.connect();
    const name = await kit.topic(1);
    const timeline = await start(log, name);
    await log.send(
      name,
      ['1', '2', '3'].map((text) => record('k', text)),
    );
    await timeline.collector.waitFor(({ records }) => records.length === 3, '3 records');
    expect(texts(timeline.collector.records)).toEqual(['1', '2', '3']);
    expect(timeline.collector.batches.length).toBe(2); // the kit cuts batches of two
    expect(transport.owned()).toEqual([{ topic: name, partition: 0 }]);
  });

  it.each([
    ['an error', new Error('the database is away')],
    ['a TypeError', new TypeError('undefined is not a function')],
    ['no Error at all', 'a string'],
  ])('[log: memory] a handler that throws %s moves nothing', async (_, thrown) => {
    kit = memoryKit();
    const log = kit.connect();
    const name = await kit.topic(1);
    const timeline = await start(log, name);
    timeline.throws = [thrown, thrown];
    await log.send(name, [record('k', '1')]);
    await eventually('the second failure', () => timeline.throws.length === 0);
    await timeline.collector.waitFor(({ records }) => records.length === 1, 'the record to come again');
    expect(timeline.collector.stored).toEqual([{ partition: 0, next: 1n }]);
  });

  it('[log: memory] a handler that returns no position moves nothing', async () => {
    kit = memoryKit();
    const log = kit.connect();
    const name = await kit.topic(1);
    const timeline = await start(log, name);
    timeline.returnsNothing = 1;
    await log.send(name, [record('k', '1')]);
    await timeline.collector.waitFor(({ records }) => records.length === 1, 'the record to come again');
    expect(timeline.returnsNothing).toBe(-1);
  });

  it('[log: memory] a handler that throws PartitionHalted halts the partition', async () => {
    kit = memoryKit();
    const log = kit.connect();
    const name = await kit.topic(1);
    const timeline = await start(log, name);
    timeline.throws = [new PartitionHalted('too many gaps at once')];
    await log.send(name, [record('k', '1')]);
    await eventually('the halt', () => transport.owned()[0]?.halted === 'too many gaps at once');
  });

  (process.env['NO_KAFKA'] === '1' ? it.skip : it)(
    '[log: kafka] a handler that throws moves nothing',
    async () => {
      kit = await kafkaKit();
      const log = kit.connect();
      const name = await kit.topic(1);
      const timeline = await start(log, name);
      timeline.throws = [new TypeError('undefined is not a function')];
      await log.send(name, [record('k', '1')]);
      await timeline.collector.waitFor(({ records }) => records.length === 1, 'the record to come again');
      expect(timeline.throws.length).toBe(0);
      expect(timeline.collector.stored).toEqual([{ partition: 0, next: 1n }]);
    },
  );
});
