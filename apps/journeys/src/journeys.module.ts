import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import type { Log } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { ProjectionRunner } from '@throughline/projection';
import { Shell } from '@throughline/service';
import type { Telemetry } from '@throughline/telemetry';
import { journeysProjection } from './journeys.projector.ts';
import { DATABASE, DEPS, NOW, RUNNER } from './journeys.tokens.ts';
import { AfterGate } from './operation/after.query.ts';
import { Consuming } from './operation/consuming.ts';
import { OperationController } from './operation/operation.controller.ts';
import { ParkedController } from './operation/parked.controller.ts';
import { ProjectionJobs } from './operation/projection-jobs.ts';
import { ReportController } from './report/report.controller.ts';
import { ReadModels } from './subject/read-models.query.ts';
import { SubjectController } from './subject/subject.controller.ts';
import { TimelineController } from './timeline/timeline.controller.ts';
import { analyticsViews, servingViews } from './views/views.table.ts';

/** What the service needs of its process; whoever gives it closes it, after the module has stopped. */
export interface JourneysDeps {
  /** its own database */
  readonly database: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** the clock of the doors, the system's unless told */
  readonly now?: () => Date;
}

const FRESH_SECONDS = 60;

/** The read side: consumes every topic, answers journeys and reports, publishes nothing. */
@Module({})
export class JourneysModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    @Inject(DEPS) private readonly deps: JourneysDeps,
    @Inject(Consuming) private readonly consumer: Consuming,
    @Inject(ReadModels) private readonly models: ReadModels,
    @Inject(Shell) private readonly shell: Shell,
  ) {}

  static register(deps: JourneysDeps): DynamicModule {
    const { database, log, telemetry, now = () => new Date() } = deps;
    const runner = new ProjectionRunner({
      ...{ database, log, projection: journeysProjection },
      views: [analyticsViews, servingViews],
    });
    return {
      module: JourneysModule,
      controllers: [
        TimelineController,
        SubjectController,
        ReportController,
        OperationController,
        ParkedController,
      ],
      providers: [
        { provide: DEPS, useValue: deps },
        { provide: DATABASE, useValue: database },
        { provide: NOW, useValue: now },
        { provide: RUNNER, useValue: runner },
        { provide: Consuming, useValue: new Consuming(runner, telemetry) },
        { provide: ProjectionJobs, useValue: new ProjectionJobs(runner) },
        { provide: ReadModels, useValue: new ReadModels(database) },
        AfterGate,
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    const { database } = this.deps;
    const { runner } = this.consumer;
    const { health } = this.shell;
    await runner.prepare();
    await this.models.open();
    health.ready('journeys.database', async () => ({
      ok: (await database.query('select 1')).rowCount === 1,
    }));
    health.fresh('journeys.projection', async () => {
      const lag = await runner.lag();
      const seconds = Math.max(0, ...lag.map((each) => each.seconds));
      const events = Number(lag.reduce((total, each) => total + each.events, 0n));
      const halted = this.consumer.halted();
      return {
        ok: seconds < FRESH_SECONDS && halted.length === 0,
        detail: { events, seconds, halted: halted.join('; ') },
      };
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.consumer.start();
    this.shell.lifecycle.consumer(() => this.consumer.stop());
    this.shell.lifecycle.consumer(() => this.models.close());
  }
}
