import { migrateEventStore, type EventStore } from '@throughline/event-store';
import type { Log, Running } from '@throughline/log';
import { isInfrastructure, type Database } from '@throughline/postgres';
import { ReactorRunner } from '@throughline/projection';
import { Relay } from '@throughline/relay';
import type { Finding } from '@throughline/service';
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
/** What waits longer than this is behind. */
const FRESH_SECONDS = 60;
const LOOK_AGAIN_MS = 2_000;

/**
 * What runs beside the doors: the relay of the outbox, and the reactor to opportunities that were opened.
 * A log that is away keeps neither the doors from opening nor the reactor from starting once it is back.
 */
export class LeadWorkers {
  readonly relay: Relay;
  readonly reactor: ReactorRunner;
  #running: Running | undefined;
  #retry: NodeJS.Timeout | undefined;
  #stopped = false;
  #waitsFor: string | null = null;

  constructor(
    private readonly deps: LeadsDeps,
    store: EventStore,
  ) {
    const { database, log, now = systemClock } = deps;
    this.relay = new Relay(database, log);
    this.reactor = new ReactorRunner({
      database,
      log,
      name: CONVERT_LEAD,
      topics: ['journey.opportunities'],
      react: convertLeadWhenOpportunityOpened(store, now),
    });
  }

  async start(): Promise<void> {
    await migrateEventStore(this.deps.database);
    this.relay.start();
    await this.#react();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    await this.#running?.stop();
    await Promise.all([this.reactor.close(), this.relay.stop()]);
  }

  async #react(): Promise<void> {
    try {
      await this.reactor.prepare();
      this.#running = await this.#subscribe();
      this.#waitsFor = null;
      if (this.#stopped) await this.#running.stop();
    } catch (error) {
      if (!isInfrastructure(error) && this.#waitsFor === null) throw error;
      this.#waitsFor = error instanceof Error ? error.message : String(error);
      if (!this.#stopped) this.#retry = setTimeout(() => void this.#react(), LOOK_AGAIN_MS);
    }
  }

  #subscribe(): Promise<Running> {
    const { log, telemetry } = this.deps;
    const { handle, ...subscription } = this.reactor.subscription();
    const observed = observeLog(telemetry, log.kind);
    return log.subscribe({
      ...subscription,
      handle: (batch, signal) => observed.process(batch, () => handle(batch, signal)),
    });
  }

  async outbox(): Promise<Finding> {
    const { pending, oldestSeconds, owner, lastError } = await this.relay.status();
    return { ok: (oldestSeconds ?? 0) < FRESH_SECONDS, detail: { pending, oldestSeconds, owner, lastError } };
  }

  /** How far the reactor is behind, what it parked, and why a partition halted. */
  async reaction(): Promise<Finding> {
    if (this.#waitsFor !== null) return { ok: false, detail: { waitsFor: this.#waitsFor } };
    const lags = await this.reactor.lag();
    const { poison, gap } = await this.reactor.parked.counts();
    const halted = this.#running?.owned().find((owned) => owned.halted !== undefined)?.halted ?? null;
    const seconds = Math.max(0, ...lags.map((lag) => lag.seconds));
    const events = lags.reduce((sum, lag) => sum + Number(lag.events), 0);
    const parkedKeys = (poison?.keys ?? 0) + (gap?.keys ?? 0);
    const ok = seconds < FRESH_SECONDS && halted === null && parkedKeys === 0;
    return { ok, detail: { events, seconds, parkedKeys, halted } };
  }
}
