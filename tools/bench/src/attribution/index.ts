import {
  orderedShapley,
  PathCounters,
  pathReport,
  removalEffects,
  type PathRow,
} from '@throughline/attribution';
import type { Bench, BenchContext } from '../bench.ts';
import { Timer, timed } from './timed.ts';
import { distinctPaths, simulatedPaths } from './simulated-paths.ts';

const RULES = [
  'first',
  'last',
  'linear',
  'linear-by-channel',
  'position-based',
  'j-shaped',
  'inverse-j-shaped',
];
const ORDERS = [1, 2, 3];
const DIRECT = 'channel 000';

/**
 * Credit of paths under every model: a data set as it comes, one journey more, and how the cost grows. All of it
 * computes and waits for nothing, so bounds are of CPU, which is no less than the clock where nothing else runs.
 */
export const attributionBench: Bench = {
  name: 'attribution',
  what: 'credit of paths under every model: 10,000 paths, 200,000 and a million journeys; growth with journeys, channels and order',
  needs: [],
  async run(context) {
    everyModel(context);
    markov(context);
    million(context);
    growth(context);
  },
};

function counted(rows: Iterable<PathRow>, orders: readonly number[], all = false): PathCounters {
  const counters = new PathCounters({
    orders,
    ...(all ? { ordered: true, sets: true, exclusions: [new Set([DIRECT])] } : {}),
  });
  for (const row of rows) counters.add(row);
  return counters;
}

function everyReport(counters: PathCounters): void {
  for (const name of RULES) pathReport(counters, { name });
  pathReport(counters, { name: 'last-non-direct', parameters: { exclude: [DIRECT] } });
  orderedShapley(counters, pathReport(counters, { name: 'shapley' }).credits);
  for (const order of ORDERS) pathReport(counters, { name: 'markov', parameters: { order } });
}

function everyModel(context: BenchContext): void {
  const rows = distinctPaths(Math.ceil(10_000 * context.scale), { channels: 12, seed: 1 });
  const name = `${rows.length} distinct paths, 12 channels, every model and orders 1 to 3`;
  context.report.progress(name);
  const timer = new Timer();
  const counters = counted(rows, ORDERS, true);
  everyReport(counters);
  const cold = timer.stop();
  const more = Array.from({ length: 9 }, (_, at) =>
    timed(() => {
      counters.add(rows[(at * 7) % rows.length] as PathRow);
      everyReport(counters);
    }),
  );
  const middle = (of: 'wall' | 'cpu') => more.map((each) => each[of]).sort((a, b) => a - b)[4] as number;
  context.measure(name, {
    'of CPU, cold, counting included': { value: cold.cpu, unit: 's', atMost: 1 },
    'by the clock, cold': { value: cold.wall, unit: 's' },
    'of CPU, after one more journey': { value: 1_000 * middle('cpu'), unit: 'ms', atMost: 100 },
    'by the clock, after one more': { value: 1_000 * middle('wall'), unit: 'ms' },
  });
}

function markov(context: BenchContext): void {
  const journeys = Math.ceil(200_000 * context.scale);
  const rows = [...simulatedPaths({ journeys, channels: 50, seed: 2 })];
  for (const order of ORDERS) {
    const name = `${journeys} journeys, 50 channels, order ${order}`;
    context.report.progress(name);
    const count = timed(() => counted(rows, [order]));
    const solve = timed(() => removalEffects(count.result, { order }));
    const { states, steps, sweeps, error } = solve.result;
    const goal = [0.5, 5][order - 1];
    const value = count.cpu + solve.cpu;
    context.measure(name, {
      'of CPU, counting included': { value, unit: 's', ...(goal === undefined ? {} : { atMost: goal }) },
      'by the clock': { value: count.wall + solve.wall, unit: 's' },
      'of CPU, counting': { value: count.cpu, unit: 's' },
      ...{ states, steps, sweeps, 'error, at most': error },
      'resident, rows and all': { value: process.memoryUsage().rss / 2 ** 20, unit: 'MB' },
    });
  }
}

function million(context: BenchContext): void {
  const journeys = Math.ceil(1_000_000 * context.scale);
  const name = `${journeys} journeys, 30 channels, rules, Shapley and order 1`;
  context.report.progress(name);
  const rows = [...simulatedPaths({ journeys, channels: 30, seed: 3 })];
  const count = timed(() => counted(rows, [1]));
  const read = timed(() => {
    for (const model of [...RULES, 'shapley', 'markov']) pathReport(count.result, { name: model });
  });
  context.measure(name, {
    'of CPU, counting included': { value: count.cpu + read.cpu, unit: 's', atMost: 4 },
    'by the clock': { value: count.wall + read.wall, unit: 's' },
    'of CPU, reading': { value: read.cpu, unit: 's' },
    'resident, rows and all': { value: process.memoryUsage().rss / 2 ** 20, unit: 'MB' },
  });
}

function growth(context: BenchContext): void {
  const point = (options: { journeys: number; channels: number; order: number }) => {
    context.report.progress(`growth: ${JSON.stringify(options)}`);
    const rows = [...simulatedPaths({ ...options, seed: 4 })];
    return timed(() => removalEffects(counted(rows, [options.order]), options)).cpu;
  };
  const series = (
    name: string,
    values: readonly number[],
    of: (value: number) => Parameters<typeof point>[0],
  ) => {
    const points = values.map((value) => ({ x: value, y: point(of(value)) }));
    context.measure(
      `growth with ${name}`,
      Object.fromEntries(points.map(({ x, y }) => [`of CPU at ${x}`, { value: y, unit: 's' }])),
    );
    return { name, points };
  };
  const scaled = (count: number) => Math.ceil(count * context.scale);
  const journeys = scaled(100_000);
  const base = { journeys, channels: 20, order: 2 };
  context.plot('attribution-journeys', [
    series('journeys', [25_000, 50_000, 100_000, 200_000].map(scaled), (value) => ({
      ...base,
      journeys: value,
    })),
  ]);
  context.plot('attribution-channels', [
    series('channels', [5, 10, 20, 40, 80], (channels) => ({ ...base, channels })),
  ]);
  context.plot('attribution-order', [series('order', [1, 2, 3, 4, 5], (order) => ({ ...base, order }))]);
}
