import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Ctx,
  EventPattern,
  KafkaContext,
  Payload,
  Transport,
  type KafkaOptions,
} from '@nestjs/microservices';
import { Database } from '@throughline/postgres';
import { EntitySchema, type Repository } from 'typeorm';
import type { BenchContext } from '../bench.ts';
import type { Side } from '../compare.ts';
import { Gate, type Filled } from './records.ts';

interface Touch {
  readonly event_id: string;
  readonly source: string;
  readonly type: string;
  readonly channel: string | null;
  readonly campaign: string | null;
  readonly visitor: string | null;
  readonly url: string | null;
  readonly attributes: Readonly<Record<string, string | null>>;
  readonly occurred_at: string | null;
  readonly recorded_at: string;
}

const text = { type: 'text', nullable: true } as const;
const touchEntity = new EntitySchema<Touch>({
  name: 'touch',
  columns: {
    event_id: { type: 'uuid', primary: true },
    source: { type: 'text' },
    type: { type: 'text' },
    ...{ channel: text, campaign: text, visitor: text, url: text },
    attributes: { type: 'jsonb' },
    occurred_at: { type: 'timestamptz', nullable: true },
    recorded_at: { type: 'timestamptz' },
  },
});

const SAVE = 'save';

/** One message, one `save`: how Nest's documentation writes a handler over Kafka. */
export function touchHandler(topic: string) {
  @Controller()
  class TouchHandler {
    constructor(@Inject(SAVE) private readonly save: (touch: Touch) => Promise<void>) {}

    @EventPattern<string>(topic)
    async take(@Payload() data: Record<string, never>, @Ctx() context: KafkaContext): Promise<void> {
      const { key, headers = {} } = context.getMessage();
      const { touchType: type, channel, campaign, visitor, url, attributes } = data;
      await this.save({
        ...{ event_id: String(key), source: String(headers['ce_source']), type: String(type) },
        ...{
          channel: channel ?? null,
          campaign: campaign ?? null,
          visitor: visitor ?? null,
          url: url ?? null,
        },
        ...{ attributes: attributes ?? {}, occurred_at: String(headers['ce_time']) },
        recorded_at: String(headers['ce_recordedat']),
      });
    }
  }
  return TouchHandler;
}

@Module({})
class TouchModule {
  static of(topic: string, save: (touch: Touch) => Promise<void>): DynamicModule {
    return {
      module: TouchModule,
      controllers: [touchHandler(topic)],
      providers: [{ provide: SAVE, useValue: save }],
    };
  }
}

/**
 * The stock transport with its defaults (one message after the other, offsets committed by the client) and one TypeORM
 * `save` a message, over the first `messages` of the topic. The table is emptied before each round, since saving a row
 * that is known is cheaper.
 * @param atOnce partitions consumed concurrently; 1 is the default
 */
export async function stockTransport(
  context: BenchContext,
  filled: Filled,
  { messages, atOnce }: { readonly messages: number; readonly atOnce: number },
): Promise<Side> {
  const [topic = ''] = filled.topics;
  const url = await context.postgresUrl('stock');
  const database = await Database.open({ url, name: 'bench stock', entities: [touchEntity] });
  let begun: { gate: Gate; all: Promise<null>; stop: () => Promise<void> } | undefined;
  let ending: Promise<unknown> = Promise.resolve();
  let rounds = 0;
  context.onEnd(async () => {
    await ending;
    await database.close();
  });
  await database.dataSource.synchronize();
  const touches: Repository<Touch> = database.dataSource.getRepository(touchEntity);
  return {
    name:
      atOnce === 1
        ? 'Nest Kafka transport, save'
        : `Nest Kafka transport, save, ${atOnce} partitions at once`,
    async prepare() {
      await ending;
      await touches.clear();
      const gate = new Gate();
      const all = Promise.withResolvers<null>();
      let saved = 0;
      const save = async (touch: Touch) => {
        await gate.pass();
        await touches.save(touch);
        saved += 1;
        if (saved === messages) all.resolve(null);
      };
      const options: KafkaOptions = {
        transport: Transport.KAFKA,
        options: {
          client: { brokers: [...filled.brokers], clientId: 'bench-stock', logLevel: 0 },
          consumer: { groupId: `stock-${topic}-${atOnce}-${(rounds += 1)}` },
          subscribe: { fromBeginning: true },
          ...(atOnce === 1 ? {} : { run: { partitionsConsumedConcurrently: atOnce } }),
        },
      };
      const app = await NestFactory.createMicroservice(TouchModule.of(topic, save), {
        ...options,
        logger: false,
      });
      await app.listen();
      await gate.arrived.promise;
      begun = { gate, all: all.promise, stop: () => app.close() };
    },
    async run() {
      begun?.gate.opened.resolve(null);
      await begun?.all;
      // goes on beside the other side's preparation, which takes longer; the next round waits for it
      ending = begun?.stop() ?? ending;
      return messages;
    },
  };
}
