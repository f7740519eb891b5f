import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { EventStore, migrateEventStore } from '@throughline/event-store';
import type { Log } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { Relay } from '@throughline/relay';
import { Health, Lifecycle } from '@throughline/service';
import type { Telemetry } from '@throughline/telemetry';
import { handleLeads, LEAD_HANDLING, LeadCommandController, LeadController } from './lead.controller.ts';

/** What the service needs of its process; whoever gives it closes it, after the module has stopped. */
export interface LeadsDeps {
  /** its own database */
  readonly database: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** the clock of the doors, the system's unless told */
  readonly now?: () => Date;
}

const DEPS = Symbol('what leads need of their process');
/** An outbox whose oldest record waits longer than this is behind. */
const FRESH_SECONDS = 60;

/** Leads: commands and reads by REST, and the relay of their outbox. */
@Module({})
export class LeadsModule implements OnModuleInit {
  constructor(
    @Inject(DEPS) private readonly deps: LeadsDeps,
    @Inject(Relay) private readonly relay: Relay,
    @Inject(Health) private readonly health: Health,
    @Inject(Lifecycle) private readonly lifecycle: Lifecycle,
  ) {}

  static register(deps: LeadsDeps): DynamicModule {
    const { database, log, telemetry, now = () => new Date() } = deps;
    const store = new EventStore(database, { telemetry });
    return {
      module: LeadsModule,
      controllers: [LeadCommandController, LeadController],
      providers: [
        { provide: DEPS, useValue: deps },
        { provide: EventStore, useValue: store },
        { provide: LEAD_HANDLING, useValue: handleLeads(store, now) },
        { provide: Relay, useValue: new Relay(database, log) },
      ],
    };
  }

  async onModuleInit(): Promise<void> {
    const { database } = this.deps;
    await migrateEventStore(database);
    this.health.ready('leads.database', async () => {
      await database.query('select 1');
      return { ok: true };
    });
    this.health.fresh('leads.outbox', async () => {
      const { pending, oldestSeconds, lastError } = await this.relay.status();
      return { ok: (oldestSeconds ?? 0) < FRESH_SECONDS, detail: { pending, oldestSeconds, lastError } };
    });
    this.relay.start();
    this.lifecycle.consumer(() => this.relay.stop());
  }
}
