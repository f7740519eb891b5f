import { TOPICS } from '@throughline/contracts';
import { migrateEventStore, StoreBehindLog, type EventStore, type LogCheck } from '@throughline/event-store';
import type { Batch, Log, OwnedPartition, Position, Running, Subscription } from '@throughline/log';
import { migrate, type Database } from '@throughline/postgres';
import { ProjectionRunner, ReactorRunner, type Reached } from '@throughline/projection';
import { Relay } from '@throughline/relay';
import { Housekeeping, keepingUp, UntilDone, type Finding } from '@throughline/service';
import { observeLog, type Telemetry } from '@throughline/telemetry';
import { CreditBook } from './credit/credit-book.ts';
import {
  CREDIT_DEALS,
  creditDealsWhenJourneysChange,
} from './credit/credit-deals-when-journeys-change.reactor.ts';
import { DueDeals } from './credit/due-deals.ts';
import { Recomputing } from './credit/recomputing.ts';
import { untilEvidence } from './evidence/evidence-gate.ts';
import { evidenceProjection } from './evidence/evidence.projector.ts';
import { evidenceViews } from './evidence/views/views.table.ts';
import { DefineModels } from './model/define-models.ts';

/** What the service needs of its process; whoever gives it closes it, after the module has stopped. */
export interface AttributionDeps {
  /** its own database */
  readonly database: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** the clock of the doors, the system's unless told */
  readonly now?: () => Date;
  /** deals that a batch credits itself, 10 unless told; more are credited a little later, once for all that comes */
  readonly mostAtOnce?: number;
}

/** How often deals that are due or wished for are looked for, which another process may have left. */
const LOOK_MS = 1_000;
/** An outbox whose oldest record waits longer than this is behind. */
const FRESH_SECONDS = 60;

/**
 * What runs beside the doors: the evidence (a projection of what journeys are made of), the credit that is concluded
 * from it, the relay of what is said of it, and deals that are to be looked at again.
 * A log that is away keeps none of the doors from opening; what was concluded before can be read.
 */
export class AttributionWorkers {
  readonly evidence: ProjectionRunner;
  readonly reactor: ReactorRunner;
  readonly relay: Relay;
  readonly book: CreditBook;
  readonly models: DefineModels;
  readonly due: DueDeals;
  readonly recomputing: Recomputing;
  readonly starting = new UntilDone(() => this.#follow());
  /** deals that are to be looked at again, and old rows of the processing logs */
  readonly again = new Housekeeping(() => this.#again(), LOOK_MS);
  readonly housekeeping = new Housekeeping(() => this.#keepHouse());
  #running: Running[] = [];
  #prepared = false;
  #shipped = false;
  #stopping = false;

  constructor(
    private readonly deps: AttributionDeps,
    store: EventStore,
    readonly check: LogCheck,
  ) {
    const { database, log, now = () => new Date(), mostAtOnce = 10 } = deps;
    this.evidence = new ProjectionRunner({
      ...{ database, log, projection: evidenceProjection, views: [evidenceViews] },
    });
    this.book = new CreditBook(store);
    this.due = new DueDeals(database, this.book, now);
    this.reactor = new ReactorRunner({
      ...{ database, log, name: CREDIT_DEALS, topics: TOPICS, grouped: true },
      react: creditDealsWhenJourneysChange({ book: this.book, due: this.due, mostAtOnce, now }),
    });
    this.relay = new Relay(database, log, { before: () => check.compared() });
    this.recomputing = new Recomputing(database, this.book, this.due, now);
    this.models = new DefineModels(database, store, now, () => void this.again.runOnce());
  }

  get database(): Database {
    return this.deps.database;
  }

  /** Whether a build of the evidence is there to be read, by this version of the program. */
  get prepared(): boolean {
    return this.#prepared;
  }

  async start(): Promise<void> {
    const { database } = this.deps;
    await migrateEventStore(database);
    await migrate(database, 'attribution', new URL('./credit/migrations/', import.meta.url));
    await this.check.start();
    await this.#ship();
    this.relay.start();
    await this.starting.start();
    this.again.start();
    this.housekeeping.start();
  }

  /** What is left to be looked at again goes on with the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.starting.stop();
    const working = [this.again, this.housekeeping, ...this.#running];
    await Promise.all(working.map((work) => work.stop()));
    await Promise.all([this.evidence.close(), this.reactor.close(), this.relay.stop(), this.check.stop()]);
  }

  /** Applies a batch of the reactor, once the evidence holds it. */
  async react(batch: Batch, signal?: AbortSignal): Promise<Position> {
    await untilEvidence(this.evidence, batch, signal);
    const position = await this.reactor.applyBatch(batch);
    if ((await this.due.count()) > 0) void this.again.runOnce();
    return position;
  }

  /** What became of places of the log within `ms`: applied is one whose deals are credited too. */
  async reached(places: readonly string[], ms: number): Promise<readonly Reached[]> {
    const end = performance.now() + ms;
    const reached = await Promise.all(places.map((place) => this.reactor.waitFor(place, ms)));
    if (reached.some((each) => each !== 'applied')) return reached;
    const credited = await this.due.credited(Math.max(0, end - performance.now()));
    return credited ? reached : ['timed-out'];
  }

  /** Partitions that this process has, with why they do not go on. */
  owned(of: 'evidence' | 'reactor'): readonly OwnedPartition[] {
    return this.#running[of === 'evidence' ? 0 : 1]?.owned() ?? [];
  }

  async outbox(): Promise<Finding> {
    const { pending, oldestSeconds, owner, lastError } = await this.relay.status();
    return { ok: (oldestSeconds ?? 0) < FRESH_SECONDS, detail: { pending, oldestSeconds, owner, lastError } };
  }

  /** How far evidence and credit are behind, what they parked, what cannot be credited, and why a partition halted. */
  async keepingUp(of: 'evidence' | 'reactor'): Promise<Finding> {
    const { waitsFor } = this.starting;
    if (waitsFor !== null) return { ok: false, detail: { waitsFor } };
    const { ok, detail } = await keepingUp(this[of], this.owned(of));
    if (detail?.['lagUnknown'] !== undefined) return { ok, detail };
    const { poison, gap } = await this[of].parked.counts();
    const parkedKeys = (poison?.keys ?? 0) + (gap?.keys ?? 0);
    const lastError = this.again.lastError ?? this.housekeeping.lastError;
    const found = { ...detail, parkedKeys, lastError };
    if (of === 'evidence') return { ok: ok && parkedKeys === 0, detail: { ...found, due: 0, wishes: 0 } };
    const [due, wishes] = [await this.due.count(), await this.recomputing.open()];
    const failing = await this.due.apart();
    const apart = failing.map(({ opportunity, error }) => `${opportunity}: ${error}`).join('; ') || null;
    const events = due > 0 ? Math.max(Number(detail?.['events'] ?? 0), 1) : (detail?.['events'] ?? null);
    return {
      ok: ok && parkedKeys === 0 && apart === null,
      detail: { ...found, events, due, wishes, apart },
    };
  }

  /** The standard models are made once the store is right: before, they would be made a second time. */
  async #ship(): Promise<void> {
    try {
      await this.models.ship();
      this.#shipped = true;
    } catch (error) {
      if (!(error instanceof StoreBehindLog)) throw error;
    }
  }

  async #follow(): Promise<void> {
    try {
      await this.evidence.prepare();
      await this.evidence.live();
    } catch (error) {
      this.#prepared ||= await this.#wasBuilt();
      throw error;
    }
    this.#prepared = true;
    await this.reactor.prepare();
    const handle: Subscription['handle'] = (batch, signal) => this.react(batch, signal);
    const reacting = { ...this.reactor.subscription(), handle };
    this.#running = [await this.#subscribe(this.evidence.subscription()), await this.#subscribe(reacting)];
  }

  /** What this version built before can be read while the log is away. */
  async #wasBuilt(): Promise<boolean> {
    const { rows } = await this.deps.database.query<{ built: boolean }>(
      `select to_regclass('evidence.entry') is not null as built`,
    );
    if (rows[0]?.built !== true) return false;
    return this.evidence.live().then(
      () => true,
      () => false,
    );
  }

  #subscribe({ handle, ...subscription }: Subscription): Promise<Running> {
    const { log, telemetry } = this.deps;
    const observed = observeLog(telemetry, log.kind);
    return log.subscribe({
      ...subscription,
      handle: (batch, signal) =>
        observed.process({ ...batch, group: subscription.group }, () => handle(batch, signal)),
    });
  }

  async #again(): Promise<void> {
    if (!this.#shipped) await this.#ship();
    if (!this.#prepared || !this.#shipped) return;
    while (!this.#stopping && ((await this.due.runOnce()) || (await this.recomputing.runOnce())));
  }

  async #keepHouse(): Promise<void> {
    if (!this.#prepared) return;
    await this.evidence.trimProcessingLog();
    await this.reactor.trimProcessingLog();
  }
}
