import type { BenchContext } from '../bench.ts';
import type { Side } from '../compare.ts';
import { importRival } from '../rivals.ts';
import { followedUp } from './sample.ts';
import { write } from './writers.ts';

/** What of Emmett's PostgreSQL store is used here. */
interface Emmett {
  getPostgreSQLEventStore(connectionString: string): {
    appendToStream(
      stream: string,
      events: readonly { type: string; data: unknown }[],
      options: { expectedStreamVersion: bigint | 'STREAM_DOES_NOT_EXIST' },
    ): Promise<unknown>;
    close(): Promise<void>;
  };
}

/** Emmett's PostgreSQL store (0.42.0): message and stream row under an exact version, in one commit. */
export async function emmettAppend(context: BenchContext, writers: number, appends: number): Promise<Side> {
  const { getPostgreSQLEventStore } = await importRival<Emmett>('@event-driven-io/emmett-postgresql');
  const store = getPostgreSQLEventStore(await context.postgresUrl('emmett'));
  context.onEnd(() => store.close());
  return {
    name: 'Emmett',
    run: () =>
      write(writers, appends, async ({ stream, version }) => {
        const { name, data } = followedUp(stream, version);
        const expectedStreamVersion = version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version);
        await store.appendToStream(stream, [{ type: name, data }], { expectedStreamVersion });
      }),
  };
}
