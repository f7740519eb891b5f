import { migrateEventStore, type EventStore, type LogCheck } from '@throughline/event-store';
import type { Log, Running } from '@throughline/log';
import type { Database } from '@throughline/postgres';
import { ReactorRunner } from '@throughline/projection';
import { Relay } from '@throughline/relay';
import { Housekeeping, keepingUp, UntilDone, type Finding } from '@throughline/service';
import { observeLog, type Telemetry } from '@throughline/telemetry';
import {
  CONVERT_LEAD,
  convertLeadWhenOpportunityOpened,
} from './convert-lead-when-opportunity-opened.reactor.ts';

/** What the service needs of its process; whoever gives it closes it, after the module has stopped. */
export interface LeadsDeps {
  /** its own database */
  readonly database: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** the clock of the doors, the system's unless told */
  readonly now?: () => Date;
}

export const systemClock = (): Date => new Date();
/** An outbox whose oldest record waits longer than this is behind. */
const FRESH_SECONDS = 60;

/**
 * What runs beside the doors: the relay of the outbox, and the reactor to opportunities that were opened.
 * A log that is away keeps neither the doors from opening nor the reactor from starting once it is back.
 */
export class LeadWorkers {
  readonly relay: Relay;
  readonly reactor: ReactorRunner;
  /** forgets rows of the reactor's processing log after 30 days; the relay does so with its own */
  readonly housekeeping: Housekeeping;
  /** the reactor's start */
  readonly reacting = new UntilDone(() => this.#react());
  #running: Running | undefined;

  constructor(
    private readonly deps: LeadsDeps,
    store: EventStore,
    readonly check: LogCheck,
  ) {
    const { database, log, now = systemClock } = deps;
    this.relay = new Relay(database, log, { before: () => check.compared() });
    this.reactor = new ReactorRunner({
      database,
      log,
      name: CONVERT_LEAD,
      topics: ['journey.opportunities'],
      react: convertLeadWhenOpportunityOpened(store, now),
    });
    this.housekeeping = new Housekeeping(() => this.reactor.trimProcessingLog());
  }

  async start(): Promise<void> {
    await migrateEventStore(this.deps.database);
    await this.check.start();
    this.relay.start();
    await this.reacting.start();
    this.housekeeping.start();
  }

  async stop(): Promise<void> {
    await this.reacting.stop();
    await this.housekeeping.stop();
    await this.#running?.stop();
    await Promise.all([this.reactor.close(), this.relay.stop(), this.check.stop()]);
  }

  async #react(): Promise<void> {
    await this.reactor.prepare();
    this.#running = await this.#subscribe();
  }

  #subscribe(): Promise<Running> {
    const { log, telemetry } = this.deps;
    const { handle, ...subscription } = this.reactor.subscription();
    const observed = observeLog(telemetry, log.kind);
    return log.subscribe({
      ...subscription,
      handle: (batch, signal) =>
        observed.process({ ...batch, group: subscription.group }, () => handle(batch, signal)),
    });
  }

  async outbox(): Promise<Finding> {
    const { pending, oldestSeconds, owner, lastError } = await this.relay.status();
    return { ok: (oldestSeconds ?? 0) < FRESH_SECONDS, detail: { pending, oldestSeconds, owner, lastError } };
  }

  /** How far the reactor is behind, what it parked, and why a partition halted. */
  async reaction(): Promise<Finding> {
    const { waitsFor } = this.reacting;
    if (waitsFor !== null) return { ok: false, detail: { waitsFor } };
    const { ok, detail } = await keepingUp(this.reactor, this.#running?.owned() ?? []);
    const { poison, gap } = await this.reactor.parked.counts();
    const parkedKeys = (poison?.keys ?? 0) + (gap?.keys ?? 0);
    const housekeepingError = this.housekeeping.lastError;
    return { ok: ok && parkedKeys === 0, detail: { ...detail, parkedKeys, housekeepingError } };
  }
}
