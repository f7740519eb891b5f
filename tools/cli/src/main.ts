import { Command } from 'commander';
import { addCommands } from './commands.ts';
import { explain } from './context.ts';
import { printableLines } from './output.ts';

// A reader that closed early, as in `throughline … | head`, is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

await addCommands(new Command('throughline'))
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`${printableLines(explain(error))}\n`);
    process.exitCode = 1;
  });
