import { deliver } from '@throughline/client';
import { sampleCompany } from '@throughline/sample';
import type { Command } from 'commander';
import { clientOf, runningHere, UsageError } from './context.ts';
import { progress, say, show } from './output.ts';

export function addSample(program: Command): void {
  program
    .command('sample')
    .option('--seed <number>', 'another seed tells other tales', '1')
    .option('--print', 'print what would be sent, one JSON a line, and send nothing')
    .description('tell the simulated sample company to the sample installation that runs here')
    .action(async (options: { seed: string; print?: boolean }, command: Command) => {
      const seed = Number(options.seed);
      if (!Number.isSafeInteger(seed)) throw new UsageError('--seed must be a whole number.');
      const sends = sampleCompany(seed);
      if (options.print) return say(...sends.map((send) => JSON.stringify(send)));
      if (!runningHere().data.endsWith('sample'))
        throw new UsageError(
          'Sample data never mixes with real data: start the sample installation with `npm start`.',
        );
      const bar = progress('Sample company');
      const counts = await deliver(sends, clientOf(command), {
        onProgress: (done, total) => bar.update(done, total),
      }).finally(() => bar.stop()); // or its timer would keep a command that failed alive
      show(command, counts, ({ taken }) =>
        say(`${taken} events and commands of the simulated company taken.`),
      );
    });
}
