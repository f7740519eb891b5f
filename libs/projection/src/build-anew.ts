import { createBuild, holdBuilds, type Build } from './builds.ts';
import {
  addPositionsOf,
  catchUp,
  progressOf,
  sizeOf,
  type PositionVector,
  type Progress,
  type Tell,
} from './catch-up.ts';
import { isDataError } from './effects.ts';
import type { Discards } from './inbox.ts';
import { isLoadable } from './keys.ts';
import { load } from './load.ts';
import type { RunnerOptions } from './runner.ts';
import type { Applier } from './applier.ts';

export interface Wanted {
  /** whose build it is: the projection's, or one beside it */
  readonly name: string;
  readonly target: PositionVector;
  readonly discards: Discards;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Built {
  readonly build: Build;
  readonly eventsRead: number;
  /** goes on telling the progress */
  readonly onBatch: Tell;
}

/**
 * Makes a build and fills it from the log up to a position vector. It is loaded as a whole; where the database then
 * refuses a key (a projector that gives two rows of one key, a text too long for an index), nobody knows which event
 * is to blame, so it is made once more record by record, which parks it.
 */
export async function buildAnew(
  runner: { readonly options: RunnerOptions; readonly applier: Applier },
  wanted: Wanted,
): Promise<Built> {
  const { database, log, projection } = runner.options;
  const { name, target, discards, onProgress } = wanted;
  const make = async (keys: 'now' | 'later') => {
    const build = await database.transaction(async (tx) => {
      await holdBuilds(tx, name);
      const made = await createBuild(tx, { ...projection, name }, 'building', keys);
      await addPositionsOf(tx, target);
      return made;
    });
    const onBatch = progressOf(sizeOf(target), () => performance.now(), onProgress);
    const fence = { schema: build.schema, states: [build.state] };
    return { build, onBatch, job: { log, applier: runner.applier, fence, discards, onBatch } };
  };
  if (isLoadable(projection)) {
    try {
      const { build, onBatch, job } = await make('later');
      return { build, onBatch, eventsRead: await load({ ...job, database, projection }, target) };
    } catch (error) {
      if (!isDataError(error)) throw error;
    }
  }
  const { build, onBatch, job } = await make('now');
  const run = database.transaction.bind(database);
  return { build, onBatch, eventsRead: await catchUp({ ...job, run }, target) };
}
