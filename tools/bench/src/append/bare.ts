import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { BenchContext } from '../bench.ts';
import type { Side } from '../compare.ts';
import { followedUp, RECORDED_AT, SOURCE } from './sample.ts';
import { write } from './writers.ts';

/** A table of the columns and the primary key of our `event`, and nothing else of it: no second index, no outbox. */
const TABLE = `create table bare_event (
  stream text collate "C" not null, version bigint not null, event_id uuid not null, name text not null,
  schema_version integer not null, data text not null, occurred_at timestamptz, precision text not null,
  inferred text[] not null, source text not null, recorded_at timestamptz not null, traceparent text,
  tracestate text, command_id text not null, command_hash text not null, command_index integer not null,
  primary key (stream, version)
)`;
const INSERT = `insert into bare_event values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`;

/** One prepared INSERT of an event's row, committed by itself, on one connection a writer. */
export async function bareInsert(context: BenchContext, writers: number, appends: number): Promise<Side> {
  const url = await context.postgresUrl('bare');
  const clients = await Promise.all(
    Array.from({ length: writers }, async () => {
      const client = new pg.Client(url);
      await client.connect();
      context.onEnd(() => client.end());
      return client;
    }),
  );
  await clients[0]?.query(TABLE);
  const hash = createHash('sha256').update('a command').digest('hex');
  return {
    name: 'INSERT',
    run: () =>
      write(writers, appends, async ({ stream, version }, writer) => {
        const { name, occurredAt, precision, data } = followedUp(stream, version);
        const event = [
          stream,
          version + 1,
          randomUUID(),
          name,
          1,
          JSON.stringify(data),
          occurredAt,
          precision,
        ];
        const cause = [[], SOURCE, RECORDED_AT, null, null, randomUUID(), hash, 0];
        await clients[writer]?.query({ name: 'insert', text: INSERT, values: [...event, ...cause] });
      }),
  };
}
