import { Inject, Module, UseGuards, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { TOPICS } from '@throughline/contracts';
import { EventStore, LogCheck } from '@throughline/event-store';
import {
  AfterGate,
  hopsController,
  parkedController,
  projectionController,
  ProjectionJobs,
  reemitController,
  Shell,
  storeController,
} from '@throughline/service';
import { AssistController } from './assist/assist.controller.ts';
import { AttributionWorkers, type AttributionDeps } from './attribution-workers.ts';
import { DATABASE, EVIDENCE, NOW, REACTOR } from './attribution.tokens.ts';
import { EvidenceGuard } from './evidence/evidence.guard.ts';
import { DefineModels } from './model/define-models.ts';
import { keepTakenBack } from './proof/taken-back.ts';
import { ProofController } from './proof/proof.controller.ts';
import { Verification } from './proof/verification.ts';
import { SnapshotController } from './snapshot/snapshot.controller.ts';
import { Snapshots } from './snapshot/snapshots.ts';
import { CreditController } from './report/credit.controller.ts';
import { RateController } from './rate/rate.controller.ts';
import { SetRates } from './rate/set-rates.ts';
import { ModelCommandController, ModelController } from './model/model.controller.ts';

const PROJECTION = '/v1/evidence/projection';
const PARKED = '/v1/reactions/credit-deals-when-journeys-change/parked';
for (const door of [CreditController, AssistController, SnapshotController]) UseGuards(EvidenceGuard)(door);

/** What has a stream here, by the events that only it has: all share one store, and a deal may have the id of a model. */
const KINDS = {
  credit: ['credit.assigned', 'credit.revised'],
  model: ['attribution-model.defined', 'credit.snapshot-taken'],
  pair: ['exchange-rate.set', 'exchange-rate.withdrawn'],
} as const;

/** Credit under every model: concluded from journeys, said on the log, asked by REST. */
@Module({})
export class AttributionModule implements OnModuleInit {
  constructor(
    @Inject(AttributionWorkers) private readonly workers: AttributionWorkers,
    @Inject(Verification) private readonly verification: Verification,
    @Inject(Shell) private readonly shell: Shell,
  ) {}

  static register(deps: AttributionDeps): DynamicModule {
    const { database, log, telemetry, now = () => new Date() } = deps;
    const check = new LogCheck({
      database,
      log,
      service: 'attribution',
      topics: ['journey.attribution'],
      taken: keepTakenBack,
    });
    const store = new EventStore(database, { telemetry, check });
    const workers = new AttributionWorkers(deps, store, check);
    return {
      module: AttributionModule,
      controllers: [
        ModelCommandController,
        ModelController,
        CreditController,
        AssistController,
        ProofController,
        SnapshotController,
        RateController,
        projectionController(PROJECTION, ProjectionJobs),
        parkedController('/v1/evidence/parked', EVIDENCE),
        parkedController(PARKED, REACTOR),
        hopsController('attribution', DATABASE),
        storeController('attribution'),
        reemitController('/v1/credit/opportunities', 'credit', 'opportunity', KINDS.credit),
        reemitController('/v1/attribution-models', 'attribution models', 'model', KINDS.model),
        reemitController('/v1/exchange-rates', 'exchange rates', 'pair', KINDS.pair),
      ],
      providers: [
        { provide: DATABASE, useValue: database },
        { provide: NOW, useValue: now },
        { provide: EventStore, useValue: store },
        { provide: LogCheck, useValue: check },
        { provide: AttributionWorkers, useValue: workers },
        { provide: EVIDENCE, useValue: workers.evidence },
        {
          provide: ProjectionJobs,
          useValue: new ProjectionJobs(PROJECTION, workers.evidence, () => workers.owned('evidence')),
        },
        { provide: REACTOR, useValue: workers.reactor },
        { provide: DefineModels, useValue: workers.models },
        { provide: Verification, useValue: new Verification(workers) },
        { provide: SetRates, useValue: new SetRates(database, store) },
        { provide: Snapshots, useValue: new Snapshots(database, store) },
        {
          provide: AfterGate,
          useValue: new AfterGate({
            ...{ log: deps.log, topics: TOPICS, done: 'credited', parked: PARKED, lag: '/health/fresh' },
            reached: (places, ms) => workers.reached(places, ms),
          }),
        },
        EvidenceGuard,
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    const { health, lifecycle } = this.shell;
    health.ready('attribution.database', async () => ({
      ok: (await this.workers.database.query('select 1')).rowCount === 1,
    }));
    health.ready('attribution.evidence', async () => ({ ok: this.workers.prepared }));
    health.fresh('attribution.evidence', () => this.workers.keepingUp('evidence'));
    health.fresh('attribution.reactor', () => this.workers.keepingUp('reactor'));
    health.fresh('attribution.store', async () => this.workers.check.finding());
    health.fresh('attribution.outbox', () => this.workers.outbox());
    lifecycle.consumer(() => this.verification.idle());
    lifecycle.consumer(() => this.workers.stop());
    await this.workers.start();
  }
}
