import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { TOPICS } from '@throughline/contracts';
import { OnBatch, type Batch, type Position } from '@throughline/log';
import type { ProjectionRunner } from '@throughline/projection';
import type { LogObserver } from '@throughline/telemetry';
import { OBSERVER, RUNNER } from './journeys.tokens.ts';

export const GROUP = 'projected.journeys';

/** Hands every batch of every topic to the projection, inside the process spans of its events. */
@Controller()
export class JourneysConsumer {
  constructor(
    @Inject(RUNNER) private readonly runner: ProjectionRunner,
    @Inject(OBSERVER) private readonly observer: LogObserver,
  ) {}

  @OnBatch(GROUP, TOPICS)
  apply(@Payload() batch: Batch): Promise<Position> {
    return this.observer.process({ ...batch, group: GROUP }, () => this.runner.applyBatch(batch));
  }
}
