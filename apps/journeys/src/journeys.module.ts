import { CONFLICTS_REMEDY, decisionConflicts } from './operation/decision-conflicts.query.ts';
import {
  Inject,
  Module,
  UseGuards,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { TOPICS } from '@throughline/contracts';
import type { Log } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { ProjectionRunner } from '@throughline/projection';
import {
  AfterGate,
  parkedController,
  projectionController,
  ProjectionJobs,
  Shell,
  type Finding,
} from '@throughline/service';
import type { Telemetry } from '@throughline/telemetry';
import { journeysProjection } from './journeys.projector.ts';
import { DATABASE, DEPS, NOW, RUNNER } from './journeys.tokens.ts';
import { ConflictController } from './operation/conflict.controller.ts';
import { Consuming } from './operation/consuming.ts';
import { BuiltGuard, Opening, OpeningGuard } from './operation/opening.ts';
import { OperationController } from './operation/operation.controller.ts';
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

const PROJECTION = '/v1/projection';
const doors = [
  TimelineController,
  SubjectController,
  ReportController,
  OperationController,
  ConflictController,
  parkedController('/v1/parked', RUNNER),
];
for (const door of doors) UseGuards(OpeningGuard)(door);
const jobs = projectionController(PROJECTION, ProjectionJobs);
UseGuards(BuiltGuard)(jobs);

/** The read side: consumes every topic, answers journeys and reports, publishes nothing. */
@Module({})
export class JourneysModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    @Inject(DEPS) private readonly deps: JourneysDeps,
    @Inject(Consuming) private readonly consumer: Consuming,
    @Inject(Opening) private readonly opening: Opening,
    @Inject(Shell) private readonly shell: Shell,
  ) {}

  static register(deps: JourneysDeps): DynamicModule {
    const { database, log, telemetry, now = () => new Date() } = deps;
    const runner = new ProjectionRunner({
      ...{ database, log, projection: journeysProjection },
      views: [analyticsViews, servingViews],
    });
    const consuming = new Consuming(runner, telemetry);
    return {
      module: JourneysModule,
      controllers: [...doors, jobs],
      providers: [
        { provide: DEPS, useValue: deps },
        { provide: DATABASE, useValue: database },
        { provide: NOW, useValue: now },
        { provide: RUNNER, useValue: runner },
        { provide: Consuming, useValue: consuming },
        {
          provide: ProjectionJobs,
          useValue: new ProjectionJobs(PROJECTION, runner, () => consuming.owned()),
        },
        { provide: ReadModels, useValue: new ReadModels(database) },
        {
          provide: AfterGate,
          useValue: new AfterGate({
            ...{ log, topics: TOPICS, done: 'applied', parked: '/v1/parked', lag: '/v1/status' },
            reached: (places, ms) => Promise.all(places.map((place) => runner.waitFor(place, ms))),
          }),
        },
        Opening,
        OpeningGuard,
        BuiltGuard,
      ],
    };
  }

  onModuleInit(): void {
    const { health, lifecycle } = this.shell;
    health.ready('journeys.database', async () => ({
      ok: (await this.deps.database.query('select 1')).rowCount === 1,
    }));
    health.ready('journeys.views', async () => this.views());
    health.fresh('journeys.projection', () => this.freshness());
    lifecycle.consumer(() => this.opening.stop());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.opening.start();
  }

  private views(): Finding {
    const { readable, outdated, waitsFor } = this.opening;
    return { ok: readable, ...(outdated ? { detail: { waitsFor } } : {}) };
  }

  /** How far the projection is behind, and which partitions stand still. */
  private async freshness(): Promise<Finding> {
    const { waitsFor, housekeepingError } = this.opening;
    if (waitsFor !== null) return { ok: false, detail: { waitsFor } };
    const { ok, detail } = await this.consumer.freshness();
    const conflicts = await decisionConflicts(this.deps.database);
    const remedy = conflicts > 0 ? CONFLICTS_REMEDY : null;
    return {
      ok: ok && conflicts === 0,
      detail: { ...detail, decisionConflicts: conflicts, remedy, housekeepingError },
    };
  }
}
