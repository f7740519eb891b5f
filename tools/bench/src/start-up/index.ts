import { setTimeout as pause } from 'node:timers/promises';
import type { Bench, BenchContext } from '../bench.ts';
import type { Figures } from '../report.ts';
import {
  children,
  cpuSeconds,
  isLinux,
  proportionalMegabytes,
  residentMegabytes,
} from '../system/process.ts';
import { servicesApart, standalone, type System } from '../system/system.ts';

const IDLE_SECONDS = 30;
/** What start-up leaves behind (compilation, first checkpoints) ends before idling is measured. */
const SETTLE_MS = 5_000;

export const startUpBench: Bench = {
  name: 'start-up',
  what: 'seconds to ready, idle CPU and resident memory, in one process and of each service apart',
  needs: ['postgres'],
  async run(context) {
    const home = await context.folder('embedded');
    await measure(context, 'one process, embedded log', () => standalone(context, home));
    const kafka = await context.ownKafka('services apart, Kafka');
    if (kafka === null) return;
    const folder = await context.folder('apart');
    await measure(context, 'services apart, Kafka', () => servicesApart(context, folder, kafka));
    await kafka.stop();
  },
};

/** Starts on an empty folder, stops, starts again on what is there now, and watches it doing nothing. */
async function measure(context: BenchContext, name: string, start: () => Promise<System>): Promise<void> {
  context.report.progress(`${name}: first start`);
  const first = await start();
  await first.stop();
  context.report.progress(`${name}: second start`);
  const second = await start();
  const idle = await idling(context, name, second);
  await second.stop();
  context.measure(name, {
    'first start, PostgreSQL made': { value: first.readySeconds, unit: 's' },
    'second start': { value: second.readySeconds, unit: 's' },
    ...idle,
  });
}

async function idling(context: BenchContext, name: string, system: System): Promise<Figures> {
  if (!isLinux) {
    context.report.leftOut(`${name}: CPU and memory`, 'They are read from /proc, which only Linux has.');
    return {};
  }
  const seconds = Math.max(1, IDLE_SECONDS * context.scale);
  await pause(SETTLE_MS);
  context.report.progress(`${name}: idle for ${seconds} s`);
  const postgres = [system.postmaster, ...children(system.postmaster)];
  const groups = [
    ...Object.entries(system.services).map(([service, pid]) => [service, [pid]] as const),
    ['PostgreSQL', postgres] as const,
  ];
  const used = (pids: readonly number[]) => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const before = groups.map(([, pids]) => used(pids));
  await pause(seconds * 1000);
  return Object.fromEntries(
    groups.flatMap(([group, pids], at) => {
      const cpu = (100 * (used(pids) - (before[at] ?? 0))) / seconds;
      const memory =
        group === 'PostgreSQL' ? proportionalMegabytes(pids) : residentMegabytes(pids[0] ?? 0).now;
      return [
        [`${group}, idle CPU`, { value: cpu, unit: '% of a core' }],
        [`${group}, resident`, { value: memory, unit: 'MB' }],
      ];
    }),
  );
}
