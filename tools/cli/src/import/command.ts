import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { clientOf, runningHere, UsageError } from '../context.ts';
import { progress, say, show } from '../output.ts';
import { importFiles } from './import.ts';
import { loadMapping, mappingNames } from './mapping.ts';

export function addImport(program: Command): void {
  program
    .command('import')
    .argument('<files...>', 'CSV files, in any order')
    .requiredOption(
      '--mapping <name or file>',
      `a JSON mapping of yours, or one of ${mappingNames().join(', ')}`,
    )
    .option('--refused <file>', 'where to list refused rows', 'refused-rows.csv')
    .description('turn CSV rows into events; safe to interrupt and to repeat; exits 1 when a row was refused')
    .action(async (files: string[], options: { mapping: string; refused: string }, command: Command) => {
      const client = clientOf(command);
      const isHere = command.optsWithGlobals<{ url?: string }>().url === undefined;
      const bar = progress('Import');
      const result = await importFiles(client, {
        mapping: loadMapping(options.mapping),
        files,
        target: client.urls.journeys,
        ...(isHere ? { folder: runningHere().data } : {}),
        onProgress: (done, total) => bar.update(done, total),
      }).finally(() => bar.stop());
      show(command, result, ({ rows, repeats, sent, taken, refused, resumedAt }) =>
        say(
          `${rows} rows${repeats > 0 ? ` (and ${repeats} that repeat one of them)` : ''}: ${sent} events and commands sent, ${taken} taken.`,
          ...(resumedAt > 0
            ? [`Went on after the first ${resumedAt}, which an interrupted import had sent.`]
            : []),
          refused.length === 0
            ? 'Nothing was refused.'
            : `${refused.length} refused: see ${options.refused}.`,
        ),
      );
      if (result.refused.length === 0) return;
      process.exitCode = 1;
      write(options.refused, refusedCsv(result.refused));
    });
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`The refused rows cannot be listed in ${path}: ${(error as Error).message}`);
  }
}

/** A cell that begins like a formula is defused for spreadsheets. */
function refusedCsv(refused: readonly { file: string; line: number; reason: string }[]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return (
    [
      'file,line,reason',
      ...refused.map(({ file, line, reason }) => `${cell(file)},${line},${cell(reason)}`),
    ].join('\n') + '\n'
  );
}
