import { Module, type DynamicModule, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { LogExceptionFilter, LogTransport, type OwnedPartition } from '@throughline/log';
import type { ProjectionRunner } from '@throughline/projection';
import { keepingUp, type Finding } from '@throughline/service';
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
  private transport: LogTransport | null = null;

  constructor(
    readonly runner: ProjectionRunner,
    private readonly telemetry: Telemetry,
  ) {}

  /** Safe to try again after it failed. @throws what the log threw */
  async start(): Promise<void> {
    const { runner } = this;
    this.transport = new LogTransport({
      log: runner.options.log,
      position: (_group, topic, partition) => runner.position(topic, partition),
    });
    const module = ConsumerModule.of(this.runner, this.telemetry);
    const app = await NestFactory.createMicroservice(module, { strategy: this.transport, logger: false });
    app.useGlobalFilters(new LogExceptionFilter());
    await app.listen();
    this.app = app;
  }

  /** How far it is behind, and which partitions stand still until their cause is mended. */
  freshness(): Promise<Finding> {
    return keepingUp(this.runner, this.owned());
  }

  /** Partitions that this process has, with why they do not go on. */
  owned(): readonly OwnedPartition[] {
    return this.transport?.owned() ?? [];
  }

  /** Finishes the batches in hand. */
  async stop(): Promise<void> {
    await this.app?.close();
    await this.runner.close();
  }
}
