import type { Transaction } from '@throughline/postgres';
import type { Build } from './builds.ts';
import { Consumer, type ConsumerOptions } from './consumer.ts';
import { digest, digestedTables, type DigestKind, type TableDigest } from './digest.ts';
import { foldInto } from './fold.ts';
import type { Projection } from './projection.ts';
import { rebuild, rollback, type Rebuilt, type RebuildOptions } from './rebuild.ts';
import { createViews, type StableViews } from './stable-views.ts';
import { verify, type Verification, type VerifyOptions } from './verify.ts';

export interface RunnerOptions extends ConsumerOptions {
  readonly projection: Projection;
  /** what readers query; re-created over the new build in the transaction of a switch */
  readonly views?: readonly StableViews[];
}

/** Runs one projection live, proves it and builds it anew; see Consumer for what a batch guarantees. */
export class ProjectionRunner extends Consumer {
  readonly options: RunnerOptions;

  constructor(options: RunnerOptions) {
    const { projection } = options;
    super(options, { projection, hop: 'projected', effects: foldInto(projection), grouped: true });
    this.options = options;
  }

  /** A newer program leaves the views to its rebuild: they are of the version that is live. */
  protected override onPrepare(tx: Transaction, live: Build): Promise<void> {
    return createViews(tx, live.schema, this.options.views ?? []);
  }

  /** Digests of the live tables; `content` leaves out what differs between two logs of the same events. */
  async digests(kind: DigestKind): Promise<TableDigest[]> {
    const { database, projection } = this.options;
    const { schema } = await this.live();
    return database.transaction(async (tx) => {
      await tx.query('set transaction isolation level repeatable read');
      return digest(tx, schema, digestedTables(projection), kind);
    });
  }

  /** See `verify` for what it proves. */
  verify(options?: VerifyOptions): Promise<Verification> {
    return verify(this, options);
  }

  rebuild(options?: RebuildOptions): Promise<Rebuilt> {
    return rebuild(this, options);
  }

  rollback(options?: Pick<RebuildOptions, 'onProgress'>): Promise<Rebuilt> {
    return rollback(this, options);
  }
}
