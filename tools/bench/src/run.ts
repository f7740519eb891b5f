import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { openContext, type OpenContext } from './context.ts';
import type { Report } from './report.ts';
import { Servers } from './servers.ts';

export interface Failure {
  readonly name: string;
  readonly error: Error;
}

/** What was being started when the interruption came ends within this time, and is stopped then. */
const LAST_START_MS = 60_000;

/**
 * Runs the benches one after the other; one that fails does not keep the next from running. SIGINT and SIGTERM end the
 * process after everything that was started has been stopped and removed.
 */
export async function runBenches(
  benches: readonly Bench[],
  report: Report,
  options: { readonly scale: number; readonly plots: string; readonly kafka: boolean },
): Promise<Failure[]> {
  const servers = new Servers(options.kafka);
  const failed: Failure[] = [];
  let isInterrupted = false;
  let open: OpenContext | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const interrupted = async () => {
    process.stderr.write('\nInterrupted: stopping what was started …\n');
    isInterrupted = true;
    const stopped = () => open?.stop().catch(() => undefined);
    await stopped();
    await Promise.race([running, pause(LAST_START_MS)]);
    await stopped();
    await open?.remove();
    await servers.stop();
  };
  const stop = () => void interrupted().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    for (const bench of benches) {
      if (isInterrupted) break;
      report.begin(bench.name);
      report.progress('starting');
      const why = bench.needs.includes('kafka') ? await servers.withoutKafka() : null;
      if (why !== null) {
        report.leftOut(bench.what, why);
        continue;
      }
      open = openContext(report, servers, options);
      running = bench
        .run(open.context)
        .catch((error: unknown) => void failed.push({ name: bench.name, error: error as Error }));
      await running;
      await open.stop();
      await open.remove();
    }
    return failed;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await servers.stop();
  }
}
