import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare } from './compare.ts';
import type { BenchContext } from './bench.ts';
import { drawPlot } from './plot.ts';
import type { Report } from './report.ts';
import type { Servers } from './servers.ts';

type Cleanup = () => unknown;

export interface OpenContext {
  readonly context: BenchContext;
  /**
   * Ends what was started. What is being started meanwhile is refused once it has started, and ended by the next call.
   * A call waits for those before it.
   */
  stop(): Promise<void>;
  /** Removes the folders, once nothing uses them any more. */
  remove(): Promise<void>;
}

/** The context of one bench and what ends it. */
export function openContext(
  report: Report,
  servers: Servers,
  options: { readonly scale: number; readonly plots: string },
): OpenContext {
  const cleanups: Cleanup[] = [];
  const folders: string[] = [];
  let isEnded = false;
  const context: BenchContext = {
    scale: options.scale,
    report,
    postgresUrl: (label) => servers.postgresUrl(label),
    brokers: () => servers.brokers(),
    async ownKafka(part) {
      const cluster = await servers.kafka(await context.folder('kafka'));
      if (typeof cluster !== 'string') {
        context.onEnd(() => cluster.stop());
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
      folders.push(folder);
      return folder;
    },
    onEnd(cleanup) {
      cleanups.push(cleanup);
      if (isEnded) throw new Error('The bench was interrupted while it started something.');
    },
  };
  const endAll = async () => {
    const failures: unknown[] = [];
    for (const cleanup of cleanups.splice(0).reverse()) {
      try {
        await cleanup();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not everything could be ended.');
  };
  let ending = Promise.resolve();
  return {
    context,
    stop() {
      isEnded = true;
      ending = ending.then(endAll, endAll);
      return ending;
    },
    async remove() {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}
