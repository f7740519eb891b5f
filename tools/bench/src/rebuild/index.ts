import type { Progress, Rebuilt } from '@throughline/projection';
import type { Bench, BenchContext } from '../bench.ts';
import { bareCopy } from './bare-copy.ts';
import { rebuildable, type Rebuildable } from './set-up.ts';

const FULL = 1_000_000;
/** Larger logs than that of the scale are for `--scale 5`; smaller ones are run first, to see whether the rate holds. */
const SIZES = [100_000, FULL, 5_000_000];

/** Rebuild of the whole of journeys: read, decoded, folded, indexed, compared with the live build, and switched to. */
export const rebuildBench: Bench = {
  name: 'rebuild',
  what: 'events a second loaded and rebuilt, against COPY of the rows it writes; rate and memory over 100,000 (--scale 0.1), 1 and 5 million events',
  needs: ['postgres'],
  async run(context) {
    const most = Math.ceil(FULL * context.scale);
    const sizes = [...SIZES.filter((size) => size < most), most];
    const points: Timed[] = [];
    for (const [index, size] of sizes.entries()) {
      const built = await rebuildable(context, size);
      points.push(await grown(context, built));
      if (index === 0) await against(context, built);
    }
    const over = (name: keyof Timed) => points.map((timed) => ({ x: timed.events, y: timed[name] }));
    context.plot('rebuild-rate', [
      { name: 'events/s loaded', points: over('loaded') },
      { name: 'events/s, whole', points: over('whole') },
      { name: 'resident MB, most', points: over('memory') },
    ]);
  },
};

interface Timed {
  readonly events: number;
  /** events a second until rows, keys and indexes stand */
  readonly loaded: number;
  /** events a second, comparison and switch included */
  readonly whole: number;
  /** most MB resident */
  readonly memory: number;
}

/** A COPY proves nothing, so the load is what is like it; the comparison is told apart, and with it the whole. */
async function against(context: BenchContext, built: Rebuildable): Promise<void> {
  const { runner, events } = built;
  const load = {
    name: 'load of a build',
    prepare: async () => {
      // what is loaded is compared and switched to all the same, outside of what is timed
      await pending;
    },
    run: async () => {
      const loaded = Promise.withResolvers<null>();
      pending = equalOrThrow(
        runner.rebuild({
          onProgress: ({ phase }) => {
            if (phase === 'comparison') loaded.resolve(null);
          },
        }),
      );
      await Promise.race([loaded.promise, pending]);
      return events;
    },
  };
  let pending: Promise<unknown> = Promise.resolve();
  const whole = {
    name: 'rebuild',
    run: async () => {
      await equalOrThrow(runner.rebuild());
      return events;
    },
  };
  const after = (side: Awaited<ReturnType<typeof bareCopy>>) => ({
    ...side,
    prepare: async (round: number) => {
      await pending;
      await side.prepare?.(round);
    },
  });
  const bare = after(await bareCopy(context, built, false));
  const keyed = after(await bareCopy(context, built, true));
  const limits = 'one thread decodes and folds every event; the server takes the rows and makes the keys';
  const compared = { unit: 'events', rounds: 2 };
  const copies = [
    { theirs: bare, what: 'COPY into bare tables', goal: 0.6 },
    { theirs: keyed, what: 'COPY into tables with keys and indexes', goal: null },
  ];
  for (const { theirs, what, goal } of copies) {
    await context.compare({
      ...{ name: `rows, keys and indexes, against ${what}`, goal, limits, ours: load, theirs },
      ...compared,
    });
  }
  await pending;
  const name = 'whole rebuild with its proof, against COPY into bare tables';
  await context.compare({ name, goal: 0.6, ours: whole, theirs: bare, ...compared });
}

async function equalOrThrow(rebuilding: Promise<Rebuilt>): Promise<void> {
  if (!(await rebuilding).equal) throw new Error('a rebuild came out different from the build before it');
}

/** One rebuild with its phases, its memory and its rate on the way. */
async function grown(context: BenchContext, { runner, events }: Rebuildable): Promise<Timed> {
  const memory: { x: number; y: number }[] = [];
  const pace: { x: number; y: number }[] = [];
  const started = performance.now();
  const begun = new Map<Progress['phase'], number>();
  await equalOrThrow(
    runner.rebuild({
      onProgress({ phase, eventsDone, rate }) {
        if (!begun.has(phase)) begun.set(phase, performance.now());
        memory.push({ x: eventsDone, y: process.memoryUsage().rss / 2 ** 20 });
        if (phase === 'rows') pace.push({ x: eventsDone, y: rate });
      },
    }),
  );
  const ended = performance.now();
  const [keys = ended, comparison = ended] = [begun.get('keys'), begun.get('comparison')];
  context.plot(`rebuild-${events}`, [
    { name: 'resident MB', points: memory },
    { name: 'events/s read so far', points: pace },
  ]);
  const settled = memory[Math.floor(memory.length / 5)]?.y ?? 0;
  const timed = {
    events,
    loaded: (events / (comparison - started)) * 1000,
    whole: (events / (ended - started)) * 1000,
    memory: Math.max(...memory.map(({ y }) => y)),
  };
  context.measure(`rebuild of ${events} events`, {
    'events/s loaded': Math.round(timed.loaded),
    'events/s, whole': Math.round(timed.whole),
    's rows': Math.round((keys - started) / 100) / 10,
    's keys and indexes': Math.round((comparison - keys) / 100) / 10,
    's comparison and switch': Math.round((ended - comparison) / 100) / 10,
    'resident MB, after a fifth': Math.round(settled),
    'resident MB, most': Math.round(timed.memory),
  });
  return timed;
}
