import { isEvent } from '@throughline/contracts';
import { kafkaLog } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { ProjectionRunner, type Projection } from '@throughline/projection';
import type { BenchContext } from '../bench.ts';
import type { Side } from '../compare.ts';
import { Gate, type Filled } from './records.ts';

/** One fact table: the row that the stock transport's handler saves, and nothing else. */
export const plainProjection: Projection = {
  name: 'plain',
  version: 1,
  topics: [],
  tables: [
    {
      kind: 'fact',
      name: 'touch',
      columns: {
        ...{ event_id: 'uuid not null', source: 'text not null', type: 'text not null', channel: 'text' },
        ...{ campaign: 'text', visitor: 'text', url: 'text', attributes: 'jsonb not null' },
        ...{ occurred_at: 'timestamptz', recorded_at: 'timestamptz not null' },
      },
      primaryKey: ['event_id'],
      rows(event) {
        if (!isEvent(event, 'touch.recorded')) return [];
        const { touchType: type, channel, campaign, visitor, url, attributes } = event.data;
        const { id: event_id, source, occurredAt: occurred_at, recordedAt: recorded_at } = event;
        return [
          {
            ...{ event_id, source, type, channel, campaign, visitor, url, occurred_at, recorded_at },
            attributes: attributes ?? {},
          },
        ];
      },
    },
  ],
};

/** A projection as a service runs it: every partition at once, a transaction a batch, each round in a schema of its own. */
export async function ourProjection(
  context: BenchContext,
  projection: Projection,
  filled: Filled,
): Promise<Side> {
  const { topics, brokers, records } = filled;
  const url = await context.postgresUrl(projection.name);
  const database = await Database.open({ url, name: 'bench projection' });
  const log = kafkaLog({ brokers, clientId: 'bench-projection' });
  let begun: { gate: Gate; all: Promise<null>; stop: () => Promise<void> } | undefined;
  let ending: Promise<unknown> = Promise.resolve();
  let rounds = 0;
  context.onEnd(async () => {
    await ending;
    await log.close();
    await database.close();
  });
  return {
    name: `projection ${projection.name}`,
    async prepare() {
      await ending;
      const name = `${projection.name}_${(rounds += 1)}`;
      const runner = new ProjectionRunner({ database, log, projection: { ...projection, name, topics } });
      await runner.prepare();
      const gate = new Gate();
      const all = Promise.withResolvers<null>();
      let applied = 0;
      const { position, handle, group } = runner.subscription();
      const running = await log.subscribe({
        ...{ topics, position, group: `${group}.${topics[0]}` },
        async handle(batch, signal) {
          await gate.pass();
          const stored = await handle(batch, signal);
          applied += batch.records.length;
          if (applied >= records) all.resolve(null);
          return stored;
        },
      });
      await gate.arrived.promise;
      const stop = async () => {
        await running.stop();
        await runner.close();
        const { schema } = await runner.live();
        await database.query(`drop schema ${schema} cascade`);
        await database.query('truncate projection.processing_log');
      };
      begun = { gate, all: all.promise, stop };
    },
    async run() {
      begun?.gate.opened.resolve(null);
      await begun?.all;
      // goes on beside the other side's preparation, which takes longer; the next round waits for it
      ending = begun?.stop() ?? ending;
      return records;
    },
  };
}
