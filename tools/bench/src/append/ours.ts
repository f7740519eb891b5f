import { randomUUID } from 'node:crypto';
import { EventStore, migrateEventStore } from '@throughline/event-store';
import { fixture, fixtureMeta, followUp } from '@throughline/event-store/testing';
import { Database } from '@throughline/postgres';
import type { BenchContext } from '../bench.ts';
import type { Side } from '../compare.ts';
import { followedUp, RECORDED_AT, SOURCE } from './sample.ts';
import { write, type Next } from './writers.ts';

/** Event, stream and outbox row under an exact version, with the event's own idempotency check; in one commit. */
export async function ourAppend(context: BenchContext, writers: number, appends: number): Promise<Side> {
  const { store } = await openStore(context, writers);
  const meta = () => ({
    ...fixtureMeta({ source: SOURCE, recordedAt: RECORDED_AT }),
    commandId: randomUUID(),
  });
  const append = ({ stream, version }: Next) =>
    store.append(null, [{ stream, expected: version, events: [followedUp(stream, version)] }], meta());
  return { name: 'append', run: () => write(writers, appends, append) };
}

/** A whole command: load, decide, append. */
export async function ourHandle(context: BenchContext, writers: number, appends: number): Promise<Side> {
  const { store } = await openStore(context, writers);
  const handle = ({ stream, version }: Next) =>
    store.handle({
      ...fixture,
      stream,
      command: version === 0 ? { type: 'Capture', data: { source: null } } : followUp(`outcome ${version}`),
      meta: fixtureMeta({ commandId: randomUUID(), expected: version }),
    });
  return { name: 'handle', run: () => write(writers, appends, handle) };
}

async function openStore(context: BenchContext, poolSize: number) {
  const database = await Database.open({ url: await context.postgresUrl('append'), name: 'bench', poolSize });
  context.onEnd(() => database.close());
  await migrateEventStore(database);
  return { store: new EventStore(database) };
}
