import { randomUUID } from 'node:crypto';
import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { migrateEventStore } from '@throughline/event-store';
import type { Log } from '@throughline/log';
import { migrate, type Database } from '@throughline/postgres';
import { Relay, Spill, type SpillOptions } from '@throughline/relay';
import { hopsController, Housekeeping, Shell } from '@throughline/service';
import type { Telemetry } from '@throughline/telemetry';
import { DoorCount } from './intake/door-count.ts';
import { DOORS, EventsController } from './intake/events.controller.ts';
import { Intake } from './intake/intake.ts';
import { QUARANTINE_LIMITS, type QuarantineLimits } from './quarantine/quarantine-limits.ts';
import { QuarantineController } from './quarantine/quarantine.controller.ts';
import { Quarantine } from './quarantine/quarantine.ts';
import { Replay } from './quarantine/replay.ts';

/** What the service needs of its process; whoever gives it closes it, after the module has stopped. */
export interface TouchDeps {
  /** its own database */
  readonly database: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** the clock of the door, the system's unless told */
  readonly now?: () => Date;
  /** random UUIDs unless told */
  readonly newId?: () => string;
  readonly spill?: SpillOptions;
  readonly quarantine?: Partial<QuarantineLimits>;
}

/** Topics that facts go to. */
export const TOUCH_TOPICS = ['journey.touches', 'journey.identities', 'journey.campaigns'] as const;

const DATABASE = Symbol('database of touches');
const OUTBOX_LIMIT_SECONDS = 60;
const ALMOST_FULL = 0.9;

/** What runs beside the requests, or counts them. */
class TouchesWorkers {
  constructor(
    readonly relay: Relay,
    readonly housekeeping: Housekeeping,
    readonly count: DoorCount,
    readonly quarantine: Quarantine,
  ) {}
}

/** Facts by HTTP: the door, its quarantine, and the relay of what was spilled. */
@Module({})
export class TouchesModule implements OnModuleInit {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    private readonly workers: TouchesWorkers,
    shell: Shell,
  ) {
    const { relay, housekeeping, count, quarantine } = workers;
    const { health, lifecycle, turnedAway } = shell;
    health.ready('touches.database', async () => ({
      ok: (await database.query('select 1')).rowCount === 1,
    }));
    health.fresh('touches.outbox', async () => {
      const { pending, oldestSeconds, owner, lastError } = await relay.status();
      const ok = (oldestSeconds ?? 0) < OUTBOX_LIMIT_SECONDS;
      return { ok, detail: { pending, oldestSeconds, owner, lastError } };
    });
    health.fresh('touches.quarantine', async () => {
      const { bytes, maxBytes } = await quarantine.usage();
      const { lastError } = housekeeping;
      return {
        ok: bytes < ALMOST_FULL * maxBytes && lastError === null,
        detail: { bytes, maxBytes, lastError },
      };
    });
    for (const path of DOORS) {
      turnedAway.watch(path, () => void count.add({ received: 1, refused: 1 }));
    }
    lifecycle.consumer(() => relay.stop());
    lifecycle.consumer(() => housekeeping.stop());
    lifecycle.consumer(() => count.flush());
  }

  async onModuleInit(): Promise<void> {
    const { database } = this;
    await migrateEventStore(database);
    await migrate(database, 'touches', new URL('../migrations/', import.meta.url));
    this.workers.relay.start();
    this.workers.housekeeping.start();
  }

  static register(deps: TouchDeps): DynamicModule {
    const { database, log, telemetry, now = () => new Date(), newId = randomUUID } = deps;
    const context = { telemetry, now, newId };
    const quarantine = new Quarantine(database, newId, { ...QUARANTINE_LIMITS, ...deps.quarantine });
    const count = new DoorCount(database, randomUUID());
    const spill = new Spill(database, log, deps.spill);
    const relay = new Relay(database, log);
    const housekeeping = new Housekeeping(() => quarantine.expire(now()));
    return {
      module: TouchesModule,
      controllers: [EventsController, QuarantineController, hopsController('touches', DATABASE)],
      providers: [
        { provide: DATABASE, useValue: database },
        { provide: Relay, useValue: relay },
        { provide: DoorCount, useValue: count },
        { provide: Quarantine, useValue: quarantine },
        { provide: Housekeeping, useValue: housekeeping },
        { provide: TouchesWorkers, useValue: new TouchesWorkers(relay, housekeeping, count, quarantine) },
        { provide: Intake, useValue: new Intake(spill, quarantine, count, context) },
        { provide: Replay, useValue: new Replay(quarantine, spill, context) },
      ],
    };
  }
}
