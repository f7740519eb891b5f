import { journeysProjection } from '@throughline/journeys';
import type { Bench } from '../bench.ts';
import { history } from '../rebuild/history.ts';
import { stockTransport } from './nest.ts';
import { ourProjection, plainProjection } from './ours.ts';
import { fill, touches } from './records.ts';

/** Live projection from Kafka; the records are there before the clock starts, which stops at the last one applied. */
export const projectionBench: Bench = {
  name: 'projection',
  what: 'events a second from Kafka into tables, against the stock Nest transport with one save a message',
  needs: ['postgres', 'kafka'],
  async run(context) {
    const brokers = await context.brokers();
    const many = Math.ceil(30_000 * context.scale);
    const messages = Math.ceil(3_000 * context.scale);
    const few = await fill(brokers, touches(messages));
    const stock = await stockTransport(context, few, { messages, atOnce: 1 });
    const plain = await ourProjection(context, plainProjection, await fill(brokers, touches(many)));
    await context.compare({
      name: 'live projection of one fact table (equal work), against the stock transport',
      ...{ goal: 20, unit: 'events', ours: plain, theirs: stock },
    });
    await context.compare({
      name: 'the same, against the stock transport with six partitions at once',
      ...{ goal: null, unit: 'events', ours: plain },
      theirs: await stockTransport(context, few, { messages, atOnce: 6 }),
    });
    await context.compare({
      name: 'live projection of the whole of journeys (13 tables), against the stock transport saving one row',
      ...{ goal: null, unit: 'events', theirs: stock },
      ours: await ourProjection(context, journeysProjection, await fill(brokers, history(many))),
    });
  },
};
