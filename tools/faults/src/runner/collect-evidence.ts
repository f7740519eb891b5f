import { Database, provision } from '@throughline/postgres';
import {
  hashesOf,
  logged,
  readDoor,
  readLog,
  readOutbox,
  readProjection,
  readStore,
} from '../judge/collect.ts';
import { creditOf, readCredit, readSaid } from '../judge/collect-credit.ts';
import type { Evidence } from '../judge/evidence.ts';
import { plainFold } from '../judge/plain-fold.ts';
import { readJournal } from './journal.ts';
import { creditVerified, projectionJob } from './rest.ts';
import type { World } from './world.ts';

type Name = 'touches' | 'leads' | 'opportunities' | 'journeys' | 'attribution';

/** All that a judge needs to know of a run that has come to rest, from databases and log themselves. */
export async function collect(world: World, journalPath: string, late: readonly string[]): Promise<Evidence> {
  const within = <T>(name: Name, work: (database: Database) => Promise<T>) =>
    world.postgres.asAdmin(work, name);
  const journal = readJournal(journalPath);
  const crashes = world.all.flatMap(({ name, crashes }) =>
    crashes.map((code) => `${name} ended by itself with ${code}`),
  );
  const verified = await projectionJob(world, 'verify');
  const creditFound = await creditVerified(world);
  const live = await liveDigests(world);
  const projected = await within('journeys', readProjection);
  const records = await readLog(world.log);
  const stored = await Promise.all(
    (['leads', 'opportunities'] as const).map((service) =>
      within(service, (database) => readStore(database, service)),
    ),
  );
  const waiting = await Promise.all(
    (['touches', 'leads', 'opportunities', 'attribution'] as const).map(
      async (name) => [`${name}.outbox`, await within(name, readOutbox)] as const,
    ),
  );
  const saying = await readSaid(world.log);
  return {
    journal,
    hashes: hashesOf(journal),
    log: records.map(logged),
    stored: stored.flat(),
    ...projected,
    outbox: Object.fromEntries(waiting),
    ...(await within('touches', readDoor)),
    ...{ live, verified, rebuilt: await projectionJob(world, 'rebuild') },
    fold: await foldedApart(world, records),
    credit: {
      ...(await within('attribution', readCredit)),
      ...{ said: saying, fromScratch: creditOf(records, saying), verified: creditFound },
    },
    unrest: [...late, ...crashes, ...world.unrest],
  };
}

async function liveDigests(world: World): Promise<Evidence['live']> {
  const answer = await fetch(`${world.services.journeys.ownUrl}/v1/digests?kind=content`);
  return ((await answer.json()) as { items: Evidence['live'] }).items;
}

async function foldedApart(
  world: World,
  records: Awaited<ReturnType<typeof readLog>>,
): Promise<Evidence['fold']> {
  const made = await provision(world.postgres.adminUrl, [
    { database: 'fold', role: 'fold', password: 'fold' },
  ]);
  const database = await Database.open({ url: made['fold'] ?? '', name: 'fold' });
  try {
    return await plainFold(records, database);
  } finally {
    await database.close();
  }
}
