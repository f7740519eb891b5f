import type { Bench } from '../bench.ts';
import { bareInsert } from './bare.ts';
import { emmettAppend } from './emmett.ts';
import { ourAppend, ourHandle } from './ours.ts';

/** Decisions into the event store, with the record that publishes them. */
export const appendBench: Bench = {
  name: 'append',
  what: 'appends and commands a second, 1 and 16 writers, against a bare INSERT and Emmett',
  needs: ['postgres'],
  async run(context) {
    for (const writers of [1, 16]) {
      const appends = Math.ceil((writers === 1 ? 1_500 : 6_000) * context.scale);
      const at = `${writers} ${writers === 1 ? 'writer' : 'writers'}`;
      const append = await ourAppend(context, writers, appends);
      const bare = await bareInsert(context, writers, appends);
      await context.compare({
        name: `append, ${at}, against INSERT`,
        goal: 0.7,
        unit: 'events',
        ours: append,
        theirs: bare,
        limits:
          'the CPU of PostgreSQL: three rows and four index entries an event, where the INSERT has one and one',
      });
      await context.compare({
        name: `append, ${at}, against Emmett`,
        goal: 2,
        unit: 'events',
        ours: append,
        theirs: await emmettAppend(context, writers, appends),
      });
      await context.compare({
        name: `handle, ${at}, against INSERT`,
        goal: null,
        unit: 'commands',
        ours: await ourHandle(context, writers, appends),
        theirs: bare,
      });
    }
  },
};
