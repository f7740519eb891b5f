import type { Batch, Running } from '@throughline/log';
import type { ProjectionRunner } from '@throughline/projection';
import { type LogObserver, observeLog, type Telemetry } from '@throughline/telemetry';

const systems = { kafka: 'kafka', postgres: 'postgresql', memory: 'memory' } as const;

/**
 * Takes batches of every topic from the log to the projection.
 * - A batch is applied and its position stored in one transaction, or neither; a failed one comes again.
 * - Several processes share the partitions by their group; which one owns a partition is fenced by the position.
 */
export class JourneysConsumer {
  private readonly observer: LogObserver;
  private running: Running | null = null;

  constructor(
    readonly runner: ProjectionRunner,
    telemetry: Telemetry,
  ) {
    this.observer = observeLog(telemetry, systems[runner.options.log.kind]);
  }

  async start(): Promise<void> {
    const { log } = this.runner.options;
    const subscription = this.runner.subscription();
    const handle = (batch: Batch) => this.observer.process(batch, () => this.runner.applyBatch(batch));
    this.running = await log.subscribe({ ...subscription, handle });
  }

  /** Partitions that stand still until their cause is mended, with why. */
  halted(): string[] {
    const owned = this.running?.owned() ?? [];
    return owned.flatMap(({ topic, partition, halted }) =>
      halted === undefined ? [] : `${topic}/${partition}: ${halted}`,
    );
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    await this.runner.close();
  }
}
