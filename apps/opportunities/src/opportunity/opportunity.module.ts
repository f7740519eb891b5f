import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { EventStore, migrateEventStore } from '@throughline/event-store';
import type { Log } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { Relay } from '@throughline/relay';
import { Health, Lifecycle } from '@throughline/service';
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

const DEPS = Symbol('what opportunities need of their process');
/** An outbox whose oldest record waits longer than this is behind. */
const FRESH_SECONDS = 60;

/** Opportunities: commands and reads by REST, and the relay of their outbox. */
@Module({})
export class OpportunitiesModule implements OnModuleInit {
  constructor(
    @Inject(DEPS) private readonly deps: OpportunitiesDeps,
    @Inject(Relay) private readonly relay: Relay,
    @Inject(Health) private readonly health: Health,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  static register(deps: OpportunitiesDeps): DynamicModule {
    const { database, log, telemetry, now = () => new Date() } = deps;
    const store = new EventStore(database, { telemetry });
    return {
      module: OpportunitiesModule,
      controllers: [OpportunityCommandController, OpportunityController],
      providers: [
        { provide: DEPS, useValue: deps },
        { provide: EventStore, useValue: store },
        { provide: OPPORTUNITY_HANDLING, useValue: handleOpportunities(store, now) },
        { provide: Relay, useValue: new Relay(database, log) },
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    const { database } = this.deps;
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
    this.relay.start();
    this.lifecycle.consumer(() => this.relay.stop());
  }
}
