import type { Bench } from './bench.ts';
import { openContext } from './context.ts';
import type { Report } from './report.ts';
import { Servers } from './servers.ts';

export interface Failure {
  readonly name: string;
  readonly error: Error;
}

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
  let endBench = async () => {};
  const interrupted = async () => {
    process.stderr.write('\nInterrupted: stopping what was started …\n');
    await endBench().finally(() => servers.stop());
    process.exit(130);
  };
  const stop = () => void interrupted();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    for (const bench of benches) {
      report.begin(bench.name);
      report.progress('starting');
      const why = bench.needs.includes('kafka') ? await servers.withoutKafka() : null;
      if (why !== null) {
        report.leftOut(bench.what, why);
        continue;
      }
      const { context, end } = openContext(report, servers, options);
      endBench = end;
      try {
        await bench.run(context);
      } catch (error) {
        failed.push({ name: bench.name, error: error as Error });
      } finally {
        await end();
      }
    }
    return failed;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await servers.stop();
  }
}
