import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { EventStore, LogCheck } from '@throughline/event-store';
import { ReactorRunner } from '@throughline/projection';
import {
  Health,
  hopsController,
  Lifecycle,
  parkedController,
  reemitController,
  storeController,
} from '@throughline/service';
import { LeadWorkers, systemClock, type LeadsDeps } from './lead-workers.ts';
import { handleLeads, LEAD_HANDLING, LeadCommandController, LeadController } from './lead.controller.ts';
import { REACTION, ReactionController } from './reaction.controller.ts';

const DATABASE = Symbol('database of leads');

/** Leads: commands and reads by REST, the relay of their outbox, and the reactor to opened opportunities. */
@Module({})
export class LeadsModule implements OnModuleInit {
  constructor(
    @Inject(DATABASE) private readonly database: LeadsDeps['database'],
    @Inject(LeadWorkers) private readonly workers: LeadWorkers,
    @Inject(Health) private readonly health: Health,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  static register(deps: LeadsDeps): DynamicModule {
    const { database, log, telemetry, now = systemClock } = deps;
    const check = new LogCheck({ database, log, service: 'leads', topics: ['journey.leads'] });
    const store = new EventStore(database, { telemetry, check });
    const workers = new LeadWorkers(deps, store, check);
    return {
      module: LeadsModule,
      controllers: [
        LeadCommandController,
        LeadController,
        ReactionController,
        parkedController(`${REACTION}/parked`, ReactorRunner),
        hopsController('leads', DATABASE),
        storeController('leads'),
        reemitController('/v1/leads', 'leads', 'lead'),
      ],
      providers: [
        { provide: DATABASE, useValue: database },
        { provide: EventStore, useValue: store },
        { provide: LogCheck, useValue: check },
        { provide: LEAD_HANDLING, useValue: handleLeads(store, now) },
        { provide: LeadWorkers, useValue: workers },
        { provide: ReactorRunner, useValue: workers.reactor },
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    this.lifecycle.consumer(() => this.workers.stop());
    this.health.ready('leads.database', async () => {
      await this.database.query('select 1');
      return { ok: true };
    });
    this.health.fresh('leads.outbox', () => this.workers.outbox());
    this.health.fresh('leads.store', async () => this.workers.check.finding());
    this.health.fresh('leads.reactor', () => this.workers.reaction());
    await this.workers.start();
  }
}
