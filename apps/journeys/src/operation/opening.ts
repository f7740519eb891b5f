import { Inject, Injectable, type CanActivate } from '@nestjs/common';
import type { Database } from '@throughline/postgres';
import { VersionNotLive } from '@throughline/projection';
import { Housekeeping, UntilDone } from '@throughline/service';
import { refusal } from '../journeys.error.ts';
import { DATABASE } from '../journeys.tokens.ts';
import { ReadModels } from '../subject/read-models.query.ts';
import { Consuming } from './consuming.ts';

/**
 * Brings the read side up, whether the log is there or not.
 * - What was built before can be read at once; on a database that is new, the first build needs the log.
 * - While the log is away it is tried again; then batches are consumed from where the positions are.
 * - While the views are those of another version of the program nothing is read and nothing written: a rebuild makes new
 *   ones beside them, which the other program may still be asked for meanwhile.
 */
@Injectable()
export class Opening {
  private readonly consuming = new UntilDone(() => this.open());
  private readonly housekeeping = new Housekeeping(() => this.consumer.runner.trimProcessingLog());
  private opened = false;
  private otherVersion = false;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(Consuming) private readonly consumer: Consuming,
    @Inject(ReadModels) private readonly models: ReadModels,
  ) {}

  /** Whether there are views to read. */
  get readable(): boolean {
    return this.opened;
  }

  /** Whether what is live is of another version, and has to be built anew. */
  get outdated(): boolean {
    return this.otherVersion;
  }

  /** Why nothing is consumed yet, null once it is. */
  get waitsFor(): string | null {
    return this.consuming.waitsFor;
  }

  /** Why old rows of the processing log could not be forgotten the last time. */
  get housekeepingError(): string | null {
    return this.housekeeping.lastError;
  }

  async start(): Promise<void> {
    await this.consuming.start();
    this.housekeeping.start();
  }

  /** Forgets rows of the processing log that are older than 30 days. */
  keepHouse(): Promise<void> {
    return this.housekeeping.runOnce();
  }

  /** Finishes the batches in hand. */
  async stop(): Promise<void> {
    await this.consuming.stop();
    await this.housekeeping.stop();
    await this.consumer.stop();
    await this.models.close();
  }

  private async open(): Promise<void> {
    try {
      await this.consumer.runner.prepare();
    } catch (error) {
      if (await this.wasBuilt()) await this.read();
      throw error;
    }
    await this.read();
    await this.consumer.start();
  }

  /** @throws VersionNotLive */
  private async read(): Promise<void> {
    try {
      await this.consumer.runner.live();
    } catch (error) {
      this.otherVersion = error instanceof VersionNotLive;
      throw error;
    }
    await this.models.open();
    this.otherVersion = false;
    this.opened = true;
  }

  private async wasBuilt(): Promise<boolean> {
    const { rows } = await this.database.query<{ built: boolean }>(
      `select to_regclass('journeys_read.standing') is not null as built`,
    );
    return rows[0]?.built === true;
  }
}

/** Keeps questions from a database in which nothing was built yet, or which has the views of another version. */
@Injectable()
export class OpeningGuard implements CanActivate {
  constructor(@Inject(Opening) protected readonly opening: Opening) {}

  canActivate(): boolean {
    const { readable, outdated, waitsFor } = this.opening;
    if (readable) return true;
    if (outdated) {
      throw refusal('not-prepared', `Nothing can be read yet: ${waitsFor}.`, {
        remedy: 'Run `throughline rebuild --of journeys`, which says how far it is.',
      });
    }
    throw refusal('not-prepared', 'Nothing can be read yet: the first build waits for the log.', {
      remedy: 'Ask again when GET /health/ready is ok; GET /health/fresh says what is waited for.',
    });
  }
}

/** Keeps what builds views anew or proves them from a database in which nothing was built yet. */
@Injectable()
export class BuiltGuard extends OpeningGuard {
  override canActivate(): boolean {
    return this.opening.outdated || super.canActivate();
  }
}
