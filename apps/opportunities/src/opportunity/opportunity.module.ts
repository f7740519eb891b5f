import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { EventStore, LogCheck, migrateEventStore } from '@throughline/event-store';
import type { Log } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { Relay } from '@throughline/relay';
import { Health, hopsController, Lifecycle, reemitController, storeController } from '@throughline/service';
import type { Telemetry } from '@throughline/telemetry';
import {
  handleOpportunities,
  OPPORTUNITY_HANDLING,
  OpportunityCommandController,
  OpportunityController,
} from './opportunity.controller.ts';

/** What the service needs of its process; whoever gives it closes it, after the module has stopped. */
export interface OpportunitiesDeps {
  /** its own database */
  readonly database: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** the clock of the doors, the system's unless told */
  readonly now?: () => Date;
}

const DATABASE = Symbol('database of opportunities');
/** An outbox whose oldest record waits longer than this is behind. */
const FRESH_SECONDS = 60;

/** Opportunities: commands and reads by REST, and the relay of their outbox. */
@Module({})
export class OpportunitiesModule implements OnModuleInit {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(Relay) private readonly relay: Relay,
    @Inject(LogCheck) private readonly check: LogCheck,
    @Inject(Health) private readonly health: Health,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  static register(deps: OpportunitiesDeps): DynamicModule {
    const { database, log, telemetry, now = () => new Date() } = deps;
    const check = new LogCheck({
      database,
      log,
      service: 'opportunities',
      topics: ['journey.opportunities'],
    });
    const store = new EventStore(database, { telemetry, check });
    return {
      module: OpportunitiesModule,
      controllers: [
        OpportunityCommandController,
        OpportunityController,
        hopsController('opportunities', DATABASE),
        storeController('opportunities'),
        reemitController('/v1/opportunities', 'opportunities', 'opportunity'),
      ],
      providers: [
        { provide: DATABASE, useValue: database },
        { provide: EventStore, useValue: store },
        { provide: OPPORTUNITY_HANDLING, useValue: handleOpportunities(store, now) },
        { provide: Relay, useValue: new Relay(database, log, { before: () => check.compared() }) },
        { provide: LogCheck, useValue: check },
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    const { database } = this;
    await migrateEventStore(database);
    this.health.ready('opportunities.database', async () => {
      await database.query('select 1');
      return { ok: true };
    });
    this.health.fresh('opportunities.outbox', async () => {
      const { pending, oldestSeconds, owner, lastError } = await this.relay.status();
      return {
        ok: (oldestSeconds ?? 0) < FRESH_SECONDS,
        detail: { pending, oldestSeconds, owner, lastError },
      };
    });
    this.health.fresh('opportunities.store', async () => this.check.finding());
    await this.check.start();
    this.relay.start();
    this.lifecycle.consumer(() => this.relay.stop());
    this.lifecycle.consumer(() => this.check.stop());
  }
}
