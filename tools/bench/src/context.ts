import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './compare.ts';
import type { BenchContext } from './bench.ts';
import { drawPlot } from './plot.ts';
import type { Report } from './report.ts';
import type { Servers } from './servers.ts';

type Cleanup = () => unknown;

/** The context of one bench and what ends it; what the bench still takes after the end is ended by the next `end`. */
export function openContext(
  report: Report,
  servers: Servers,
  options: { readonly scale: number; readonly plots: string },
): { context: BenchContext; end(): Promise<void> } {
  const cleanups: Cleanup[] = [];
  const context: BenchContext = {
    scale: options.scale,
    report,
    postgresUrl: (label) => servers.postgresUrl(label),
    brokers: () => servers.brokers(),
    async ownKafka(part) {
      const cluster = await servers.kafka(await context.folder('kafka'));
      if (typeof cluster !== 'string') {
        cleanups.push(() => cluster.stop());
        return cluster;
      }
      report.leftOut(part, cluster);
      return null;
    },
    compare: (comparison) => compare(comparison, report),
    measure: (name, figures) => report.measured(name, figures),
    plot: (name, series) => drawPlot(join(options.plots, `${name}.svg`), name, series),
    async folder(label) {
      const folder = await mkdtemp(join(tmpdir(), `throughline-bench-${label}-`));
      await chmod(folder, 0o755); // a PostgreSQL below it may run under another account
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      return folder;
    },
    onEnd: (cleanup) => void cleanups.push(cleanup),
  };
  return {
    context,
    async end() {
      const failures: unknown[] = [];
      for (const cleanup of cleanups.splice(0).reverse()) {
        try {
          await cleanup();
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be ended.');
    },
  };
}
