import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import { LOG_TOPICS } from '@throughline/contracts';
import type { Log } from '@throughline/log';
import { pageSchema, Route, route } from '@throughline/service';
import { z } from 'zod';

const LOG = Symbol('embedded log');

const topicsRoute = route({
  method: 'get',
  path: '/v1/log/topics',
  tag: 'log',
  summary: 'Every topic of the embedded log: partitions, and the records in them',
  answers: [
    {
      status: 200,
      description: 'The topics',
      schema: pageSchema(z.object({ topic: z.string(), partitions: z.int(), records: z.int() })),
    },
  ],
});

@Controller()
export class EmbeddedLogController {
  constructor(@Inject(LOG) private readonly log: Log) {}

  @Route(topicsRoute)
  async topics() {
    const items = await Promise.all(
      LOG_TOPICS.map(async (topic) => {
        const marks = await this.log.marks(topic);
        const records = marks.reduce((sum, { low, high }) => sum + high - low, 0n);
        return { topic, partitions: marks.length, records: Number(records) };
      }),
    );
    return { items, next: null };
  }
}

/** What is in the log of a single process. Kafka answers that itself; no service reads every topic. */
@Module({})
export class EmbeddedLogModule {
  static of(log: Log): DynamicModule {
    return {
      module: EmbeddedLogModule,
      controllers: [EmbeddedLogController],
      providers: [{ provide: LOG, useValue: log }],
    };
  }
}
