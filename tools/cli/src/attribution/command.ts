import { resolve } from 'node:path';
import { Help, type Command } from 'commander';
import { AttributionError, PathCounters, PATH_MODELS } from '@throughline/attribution';
import { progress, show } from '../output.ts';
import { UsageError } from '../usage.error.ts';
import { asJson, compareModels, type Compared } from './compare-models.ts';
import { BESIDE, choiceOf, type Choice, type Options } from './choice.ts';
import { addAssists } from './assists.ts';
import { addCampaigns } from './campaigns.ts';
import { addCredit } from './credit.ts';
import { addDeals } from './deals.ts';
import { addModels } from './models.ts';
import { readPathCsv } from './path-csv.ts';
import { addPaths } from './paths.ts';
import { printCompared } from './print.ts';
import { addProof } from './proof.ts';
import { addSnapshots } from './snapshots.ts';

type Given = Omit<Options, 'lost' | 'paths'> & { paths?: string; withoutLost?: boolean };

export function addAttribution(program: Command): void {
  const attribution = program
    .command('attribution')
    .option('--paths <file>', 'a CSV file of journeys by path; needs no Throughline that runs')
    .option('--models <names>', 'which, separated by commas; all that give credit unless told')
    .option('--order <numbers>', 'of Markov: channels a step remembers, such as 2 or 1,2,3', '1')
    .option('--without-lost', 'let lost journeys not weigh on Markov')
    .option('--weights <first/middle/last>', 'of position-based', '40/20/40')
    .option('--exclude <channels>', 'that last-non-direct passes over, separated by commas', 'direct')
    .option('--seed <number>', 'of shapley-rate beyond 20 channels', '1')
    .description('credit under every model, side by side: of the deals in Throughline, or of a file of paths')
    .addHelpText(
      'after',
      `
The file has the columns path, total_conversions, total_conversion_value, total_null:

  path,total_conversions,total_conversion_value,total_null
  search > email,3,450.00,12
  fair > email > search,1,1200.50,2

  throughline attribution --paths paths.csv --models first,last,markov --order 2 --json

Models: ${PATH_MODELS.join(', ')}.
Beside them: ${BESIDE.join(', ')}; these are no credit by channel.
An empty path is unattributed. Every column sums to the totals.`,
    )
    .action(async (options: Given, command: Command) => {
      const { paths } = options;
      if (command.args.length > 0) {
        const names = command.commands.map((each) => each.name()).join(', ');
        throw new UsageError(`There is no \`attribution ${command.args[0]}\`. There are ${names}.`);
      }
      if (paths === undefined) {
        throw new UsageError(
          'Say which: `attribution credit` asks Throughline, `attribution --paths <file>` a file.',
        );
      }
      const choice = choiceOf({ ...options, paths, lost: options.withoutLost !== true });
      const has = (name: string) => choice.models.includes(name);
      try {
        const counters = new PathCounters({
          orders: has('markov') ? choice.orders : [],
          exclusions: has('last-non-direct') ? [new Set(choice.exclude)] : [],
          ordered: has('shapley-ordered'),
          sets: has('shapley-rate'),
        });
        const reading = progress('Paths', 'bytes');
        const file = resolve(process.env['INIT_CWD'] ?? '.', paths);
        const rows = await readPathCsv(
          file,
          (row) => counters.add(row),
          (done, total) => reading.update(done, total),
        ).finally(() => reading.stop());
        const compared = compareAll(counters, choice);
        show(command, asJson(counters, rows, compared), () => printCompared(counters, compared));
      } catch (error) {
        throw error instanceof AttributionError ? new UsageError(`${error.field}: ${error.message}`) : error;
      }
    });
  ofDeals(attribution);
}

/** The commands that ask Throughline; they have none of the options for a file but those they name again. */
function ofDeals(attribution: Command): void {
  const { options } = attribution;
  attribution.configureHelp({
    ...attribution.configureHelp(),
    visibleGlobalOptions(command) {
      const all = Help.prototype.visibleGlobalOptions.call(this, command);
      return all.filter((option) => !options.includes(option));
    },
  });
  attribution.hook('preAction', (_, command) => {
    if (command === attribution) return;
    const own = command.options.map((option) => option.long);
    const foreign = options.find(
      (option) =>
        attribution.getOptionValueSource(option.attributeName()) === 'cli' && !own.includes(option.long),
    );
    if (foreign)
      throw new UsageError(
        `${foreign.long} is for a file (--paths), not for \`attribution ${command.name()}\`: its --help lists what it takes.`,
      );
  });
  addCredit(attribution);
  addDeals(attribution);
  addPaths(attribution);
  addAssists(attribution);
  addCampaigns(attribution);
  addModels(attribution);
  addSnapshots(attribution);
  addProof(attribution);
  attribution.allowExcessArguments(); // what is no command is refused with those that there are
}

/** A progress bar that is not stopped keeps the process alive. */
function compareAll(counters: PathCounters, choice: Choice): Compared {
  const solving = progress('Models', 'steps');
  try {
    return compareModels(counters, choice, (_, done, total) => solving.update(done, total));
  } finally {
    solving.stop();
  }
}
