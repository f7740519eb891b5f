import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LogExceptionFilter, LogTransport } from '@throughline/log';
import type { ProjectionRunner } from '@throughline/projection';
import { observeLog, type Telemetry } from '@throughline/telemetry';
import { JourneysConsumer } from '../journeys.consumer.ts';
import { OBSERVER, RUNNER } from '../journeys.tokens.ts';

const systems = { kafka: 'kafka', postgres: 'postgresql', memory: 'memory' } as const;

@Module({})
class ConsumerModule {
  static of(runner: ProjectionRunner, telemetry: Telemetry): DynamicModule {
    const observer = observeLog(telemetry, systems[runner.options.log.kind]);
    return {
      module: ConsumerModule,
      controllers: [JourneysConsumer],
      providers: [
        { provide: RUNNER, useValue: runner },
        { provide: OBSERVER, useValue: observer },
      ],
    };
  }
}

/**
 * Keeps the projection up to date, as a Nest microservice over the log beside the HTTP server.
 * - A batch is applied and its position stored in one transaction, or neither; a failed one comes again.
 * - Several processes share the partitions by their group; which one owns a partition is fenced by the position.
 */
export class Consuming {
  private app: INestMicroservice | null = null;
  private readonly transport: LogTransport;

  constructor(
    readonly runner: ProjectionRunner,
    private readonly telemetry: Telemetry,
  ) {
    const { log } = runner.options;
    this.transport = new LogTransport({
      log,
      position: (_group, topic, partition) => runner.position(topic, partition),
    });
  }

  async start(): Promise<void> {
    const module = ConsumerModule.of(this.runner, this.telemetry);
    this.app = await NestFactory.createMicroservice(module, { strategy: this.transport, logger: false });
    this.app.useGlobalFilters(new LogExceptionFilter());
    await this.app.listen();
  }

  /** Partitions that stand still until their cause is mended, with why. */
  halted(): string[] {
    return this.transport
      .owned()
      .flatMap(({ topic, partition, halted }) =>
        halted === undefined ? [] : `${topic}/${partition}: ${halted}`,
      );
  }

  /** Finishes the batches in hand. */
  async stop(): Promise<void> {
    await this.app?.close();
    await this.runner.close();
  }
}
