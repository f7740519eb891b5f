import type { Command } from 'commander';
import { clientOf, runningHere } from '../context.ts';
import { progress, say, show } from '../output.ts';
import { checked, isClean, printCheck, printDoubts } from './check.ts';
import { importFiles, type ImportResult } from './import.ts';
import { loadMapping, mappingNames, type Mapping } from './mapping.ts';
import { planImport } from './plan.ts';
import { byReason, writeRefused } from './refused-rows.ts';

export function addImport(program: Command): void {
  program
    .command('import')
    .argument('<files...>', 'CSV files, in any order')
    .requiredOption(
      '--mapping <name or file>',
      `a JSON mapping of yours, or one of ${mappingNames().join(', ')}`,
    )
    .option('--check', 'read all of it, send nothing, and show what would be sent and what is doubtful')
    .option('--refused <folder>', 'where to write refused rows, to correct and import again', '.')
    .description(
      'turn CSV rows into events; safe to interrupt and to repeat; exits 1 when a row was refused or a value has no rule',
    )
    .action(async (files: string[], options: Options, command: Command) => {
      const mapping = loadMapping(options.mapping);
      if (options.check === true) {
        const found = checked(planImport(mapping, files));
        show(command, found, () => printCheck(found, mapping));
        if (!isClean(found)) process.exitCode = 1;
        return;
      }
      const client = clientOf(command);
      const isHere = command.optsWithGlobals<{ url?: string }>().url === undefined;
      const bar = progress('Import');
      const interrupted = () => {
        bar.stop();
        process.stderr.write('\nInterrupted. The same command goes on where this one was.\n');
        process.exit(130);
      };
      process.once('SIGINT', interrupted);
      const result = await importFiles(client, {
        mapping,
        files,
        target: client.urls.journeys,
        ...(isHere ? { folder: runningHere().data } : {}),
        onProgress: (done, total) => bar.update(done, total),
      }).finally(() => {
        bar.stop();
        process.off('SIGINT', interrupted);
      });
      const { headers, refused, ...shown } = result;
      const paths = writeRefused(options.refused, refused, headers, delimiterOf(mapping));
      show(command, { ...shown, refused }, () => print(result, paths));
      if (refused.length + result.unnamed.length + result.missing.length + result.idle.length > 0)
        process.exitCode = 1;
    });
}

interface Options {
  readonly mapping: string;
  readonly refused: string;
  readonly check?: boolean;
}

const delimiterOf =
  ({ files }: Mapping) =>
  (name: string): string =>
    Object.values(files).find((file) => name.toLowerCase().includes(file.name.toLowerCase()))?.delimiter ??
    ',';

function print(result: ImportResult, paths: readonly string[]): void {
  const { read, accepted, repeats, sent, taken, refused, resumedAt, unnamed, missing, idle } = result;
  const repeated = repeats > 0 ? `, ${repeats} repeat another` : '';
  say(
    `${read} rows read: ${accepted} accepted${repeated}, ${read - accepted - repeats} refused in part or whole. ` +
      `${sent} events and commands were sent; the services took ${taken}.`,
    ...(resumedAt > 0 ? [`Went on after the first ${resumedAt}, which an interrupted import had sent.`] : []),
    ...(refused.length === 0 ? ['Nothing was refused.'] : []),
  );
  printDoubts({ refused: byReason(refused), unnamed, missing, idle, lookAlikes: [] });
  if (paths.length > 0)
    say(
      '',
      `The refused rows are in ${paths.join(', ')}: correct them there and import that file by the same mapping.`,
    );
}
