import { resolve } from 'node:path';
import { Help, type Command } from 'commander';
import { AttributionError, PathCounters, PATH_MODELS, type PathRow } from '@throughline/attribution';
import { progress, show } from '../output.ts';
import { UsageError } from '../usage.error.ts';
import { asJson, compareModels, type Compared } from './compare-models.ts';
import { BESIDE, choiceOf, NAMED, refuseIdle, type Choice, type Options } from './choice.ts';
import { addAssists } from './assists.ts';
import { addCampaigns } from './campaigns.ts';
import { addCredit } from './credit.ts';
import { addDeals } from './deals.ts';
import { addModels } from './models.ts';
import { CUSTOM_EXPLAINED, readOwnModels } from './own-models.ts';
import { readPathCsv } from './path-csv.ts';
import { pathStepsOf, stepped, STEPS_EXPLAINED } from './path-steps.ts';
import { addPaths } from './paths.ts';
import { printCompared } from './print.ts';
import { addProof } from './proof.ts';
import { addRates } from './rates.ts';
import { addSnapshots } from './snapshots.ts';

const collect = (value: string, before: readonly string[] = []) => [...before, value];

type Given = Omit<Options, 'lost'> & {
  paths?: string;
  separator?: string;
  pathStep?: readonly string[];
  modelFile?: string;
  withoutLost?: boolean;
};

const HELP = `
The file has the columns path, total_conversions, total_conversion_value, total_null: journeys by
path, oldest channel first; how many converted, what all those were worth together, how many were lost.

  path,total_conversions,total_conversion_value,total_null
  search > email,3,450.00,12
  fair > email > search,1,1200.50,2

An empty path is unattributed. A blank value is not known: its conversions count, its value as 0. Bad
rows are listed and left out; the others are computed, and the command ends with status 1. Every column sums to the totals. Values are numbers without a
currency, exact to 12 places.

Models: ${PATH_MODELS.join(', ')}.
When they are named: ${NAMED.filter((name) => !PATH_MODELS.includes(name)).join(', ')}.
Beside them, no credit by channel: ${BESIDE.join(', ')}.
Time decay and milestones need times, which paths do not have: \`attribution credit\` has them, for deals.

A model file has one model or a list. rule: one of the above, or a custom one:

  [{ "name": "fairs-first", "rule": "custom-by-channel", "parameters": { "channels": { "fair": 3 }, "other": 1 } },
   { "name": "60/40", "rule": "position-based", "parameters": { "first": 60, "middle": 0, "last": 40 } }]

${CUSTOM_EXPLAINED}

${STEPS_EXPLAINED}

Examples:
  throughline attribution --paths paths.csv --models first,last,markov --order 1,2,3 --json
  throughline attribution --paths paths.csv --models linear --model-file mine.json
  throughline attribution --paths paths.csv --path-step exclude:direct --path-step collapse-repeats
  gunzip -c paths.csv.gz | throughline attribution --paths -`;

export function addAttribution(program: Command): void {
  const attribution = program
    .command('attribution')
    .optionsGroup('Of a file of paths:')
    .option('--paths <file>', 'a CSV file of journeys by path, - for standard input; needs no Throughline')
    .option('--separator <text>', 'between the channels of a path; ">" with spaces around it unless told')
    .option('--path-step <name>', 'what paths go through first, listed below; may be repeated', collect)
    .option('--models <names>', 'which, separated by commas; those that need no settings unless told')
    .option('--model-file <file>', 'JSON with models of your own weights, besides those named')
    .option('--order <numbers>', 'of Markov: channels a step remembers, such as 2 or 1,2,3', '1')
    .option('--without-lost', 'let lost journeys not weigh on Markov')
    .option('--weights <first/middle/last>', 'of position-based', '40/20/40')
    .option('--exclude <channels>', 'that last-non-direct passes over, separated by commas', 'direct')
    .option(
      '--shapley-game <name>',
      'of shapley-general: what channels are worth, rate or conversions',
      'rate',
    )
    .option('--shapley-orders <number>', 'that Shapley values beyond 20 channels are drawn from', '2000')
    .option('--seed <number>', 'of those orders: the same gives the same values', '1')
    .description('credit under every model, side by side: of the deals in Throughline, or of a file of paths')
    .addHelpText('after', HELP)
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
      const { separator, modelFile } = options;
      const steps = pathStepsOf(options.pathStep ?? []);
      if (paths === '-' && modelFile === '-')
        throw new UsageError('--paths and --model-file cannot both be standard input. Give a file for one.');
      const own = modelFile === undefined ? [] : await readOwnModels(modelFile);
      const choice = choiceOf({ ...options, lost: options.withoutLost !== true }, own);
      const told = Object.keys(options).filter((name) => command.getOptionValueSource(name) === 'cli');
      refuseIdle(told, choice);
      const counters = new PathCounters(choice.counters);
      const file = paths === '-' ? paths : resolve(process.env['INIT_CWD'] ?? '.', paths);
      const reading = progress('Paths', 'bytes');
      try {
        const take = (row: PathRow) => counters.add({ ...row, channels: stepped(row.channels, steps) });
        const { rows, withoutValue, refused, complaint } = await readPathCsv(file, take, {
          ...(separator === undefined ? {} : { separator }),
          onProgress: (done, total) => reading.update(done, total),
        }).finally(() => reading.stop());
        const compared = compareAll(counters, choice);
        const { count, first } = refused;
        const answer = {
          ...{ ...asJson(counters, rows, compared), pathSteps: steps, withoutValue },
          refused: { rows: count, first },
        };
        show(command, answer, () => printCompared(counters, compared));
        if (withoutValue > 0)
          process.stderr.write(
            `${withoutValue} rows have no value: their conversions count, their value as 0.\n`,
          );
        if (complaint === null) return;
        process.stderr.write(`${complaint}\n`);
        process.exitCode = 1; // figures of a part of the file
      } catch (error) {
        throw error instanceof AttributionError ? new UsageError(`${error.field}: ${error.message}`) : error;
      }
    });
  attribution.commandsGroup('Of the deals in Throughline:');
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
  addRates(attribution);
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
