import type { Bench, BenchContext } from '../bench.ts';
import type { Series } from '../plot.ts';
import { bareCopy } from './bare-copy.ts';
import { rebuildable, type Rebuildable } from './set-up.ts';

const SIZES = [100_000, 1_000_000, 5_000_000];

/** Rebuild of the whole of journeys: read, decoded, folded, indexed, compared with the live build, and switched to. */
export const rebuildBench: Bench = {
  name: 'rebuild',
  what: 'events a second rebuilt, against COPY of the rows it writes, and rate and memory as the log grows',
  needs: ['postgres'],
  async run(context) {
    const rates: { x: number; y: number }[] = [];
    for (const [index, size] of SIZES.entries()) {
      const built = await rebuildable(context, Math.ceil(size * context.scale));
      if (index === 0) await against(context, built);
      rates.push({ x: built.events, y: await grown(context, built) });
    }
    context.plot('rebuild-rate', [{ name: 'events/s by events', points: rates }]);
  },
};

async function against(context: BenchContext, built: Rebuildable): Promise<void> {
  const { runner, events } = built;
  const ours = {
    name: 'rebuild',
    run: async () => {
      const { equal } = await runner.rebuild();
      if (!equal) throw new Error('a rebuild came out different from the build before it');
      return events;
    },
  };
  const bare = await bareCopy(context, built, false);
  const rounds = 3;
  const limits = 'one thread decodes and folds; then the server makes keys and digests both builds';
  await context.compare({
    name: 'rebuild, against COPY into bare tables',
    ...{ goal: 0.6, unit: 'events', ours, theirs: bare, rounds, limits },
  });
  await context.compare({
    name: 'rebuild, against COPY into tables with keys and indexes',
    ...{ goal: null, unit: 'events', ours, theirs: await bareCopy(context, built, true), rounds },
  });
}

/** One rebuild with its memory and rate on the way. @returns events a second of the whole of it */
async function grown(context: BenchContext, { runner, events }: Rebuildable): Promise<number> {
  const memory: { x: number; y: number }[] = [];
  const pace: { x: number; y: number }[] = [];
  const started = performance.now();
  const { equal } = await runner.rebuild({
    onProgress({ eventsDone, rate }) {
      memory.push({ x: eventsDone, y: process.memoryUsage().rss / 2 ** 20 });
      pace.push({ x: eventsDone, y: rate });
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const series: Series[] = [
    { name: 'resident MB', points: memory },
    { name: 'events/s read so far', points: pace },
  ];
  context.plot(`rebuild-${events}`, series);
  const most = Math.max(...memory.map(({ y }) => y));
  const half = memory[Math.floor(memory.length / 2)]?.y ?? 0;
  context.measure(`rebuild of ${events} events`, {
    'events/s': Math.round(events / seconds),
    'events/s until read': Math.round(pace.at(-1)?.y ?? 0),
    'resident MB, half-way': Math.round(half),
    'resident MB, most': Math.round(most),
    equal: equal ? 1 : 0,
  });
  return events / seconds;
}
