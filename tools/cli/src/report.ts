import type { Command } from 'commander';
import { amountOf } from './attribution/amounts.ts';
import { clientOf, UsageError } from './context.ts';
import { limitOption } from './journey.ts';
import { nextPage, printable, say, show, table, type Cell } from './output.ts';

interface ReportList {
  readonly items: readonly {
    readonly name: string;
    readonly help: string;
    readonly takes: readonly string[];
    readonly dimensions: Readonly<Record<string, readonly string[]>>;
    readonly checks?: readonly { readonly name: string; readonly help: string }[];
  }[];
  readonly parameters: Readonly<Record<string, string>>;
}

type Figures = Readonly<Record<string, unknown>>;

interface ReportAnswer extends Figures {
  readonly items?: readonly Figures[];
  readonly total?: Figures;
  readonly next?: string | null;
}

const collect = (value: string, before: readonly string[] = []) => [...before, value];

/** Every parameter of a report, as an option. Which of them a report takes is for the service to say. */
export const reportOptions: readonly (readonly [flags: string, help: string])[] = [
  ['--group <names>', 'dimensions, separated by commas'],
  ['--source <source>', 'only what this system sent'],
  ['--from <day>', 'not before this day or instant'],
  ['--to <day>', 'before this day or instant'],
  ['--only <dimension:value>', 'only rows with this value; may be repeated'],
  ['--blank <names>', 'only rows where these dimensions are not known'],
  ['--at <day>', 'as of the end of this day, or of this instant'],
  ['--days <number>', 'for won-within: number of days'],
  ['--zone <name>', 'time zone, like Europe/Berlin; UTC by default'],
  ['--workdays <numbers>', 'count only these days of the week: 1 (Monday) to 7, like 1,2,3,4,5'],
  ['--holidays <days>', 'days that do not count, separated by commas'],
  ['--data-set <name>', 'for distinct, blanks, attribute-total and attribute-spread'],
  ['--attribute <name>', 'for attribute-total and attribute-spread'],
  ['--check <name>', 'for data-quality: the rows of one check'],
  ['--limit <number>', 'rows a page, 100 by default'],
  ['--cursor <cursor>', 'the next page'],
];

export function addReport(program: Command): void {
  const report = program
    .command('report')
    .argument('[name]', 'a report; without it, all of them with what each takes')
    .helpOption(false)
    .option('-h, --help', 'display help; with a report, what it takes')
    .description('figures: funnel, opportunities, pipeline, time in stage, data quality …')
    .action(async (name: string | undefined, given: Record<string, unknown>, command: Command) => {
      const { help, ...options } = given;
      if (help === true && name === undefined) return command.outputHelp();
      const client = clientOf(command);
      if (help === true || name === undefined) {
        const list = await client.get<ReportList>('journeys', '/v1/reports');
        return show(command, list, (all) => (name === undefined ? printList(all) : printReport(all, name)));
      }
      const query = options as Record<string, string | string[]>;
      const path = `/v1/reports/${encodeURIComponent(name)}`;
      show(command, await client.get<ReportAnswer>('journeys', path, query), print);
    });
  for (const [flags, help] of reportOptions) {
    if (flags.startsWith('--only')) report.option(flags, help, collect);
    else if (flags.startsWith('--limit')) report.option(flags, help, limitOption);
    else report.option(flags, help);
  }
}

const optionOf = (parameter: string) =>
  `--${parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function printList({ items }: ReportList): void {
  for (const { name, help, takes } of items)
    say(printable(`${name}: ${help}`), `  takes ${takes.map(optionOf).join(' ')}`);
  say('', 'What a report takes in full, with its dimensions: throughline report <name> --help');
}

/** @throws UsageError for a report that there is not */
function printReport({ items, parameters }: ReportList, name: string): void {
  const report = items.find((each) => each.name === name);
  if (report === undefined)
    throw new UsageError(
      `There is no report ${name}. Use one of: ${items.map((each) => each.name).join(', ')}.`,
    );
  say(printable(`${name}: ${report.help}`), '', 'Options:');
  table(
    ['option', 'meaning'],
    report.takes.map((parameter) => [optionOf(parameter), parameters[parameter]]),
  );
  const sets = Object.entries(report.dimensions);
  if (sets.length > 0) say('', 'Dimensions for --group, --only and --blank:');
  for (const [set, names] of sets) say(`  ${sets.length === 1 ? '' : `${set}: `}${names.join(', ')}`);
  if (report.checks === undefined) return;
  say('', 'Checks:');
  table(
    ['check', 'what it finds'],
    report.checks.map((check) => [check.name, check.help]),
  );
}

function print({ items, total, next, report, settings, ...rest }: ReportAnswer): void {
  const rows = items ?? [];
  const measures = [
    ...new Set([...rows, ...(total ? [total] : [])].flatMap((row) => Object.keys(row))),
  ].filter((name) => name !== 'key' && name !== 'absent');
  const keys = Object.keys((rows[0]?.['key'] as Figures | undefined) ?? {});
  const cells = (row: Figures): Cell[] => [
    ...keys.map((name) => ((row['key'] as Figures | undefined)?.[name] as Cell) ?? null),
    ...measures.map((name) => (name === 'amount' ? amountIn(row) : figure(row[name]))),
  ];
  const scalars = Object.entries(rest).filter(([name]) => name !== 'group');
  if (rows.length === 0 && !total && scalars.length === 0) say('Nothing there.');
  else if (rows.length === 0 && !total)
    for (const [name, value] of scalars) say(printable(`${name}: ${figure(value) ?? '–'}`));
  else {
    const totalRow = total
      ? [
          [
            'total',
            ...Array<Cell>(Math.max(keys.length - 1, 0)).fill(''),
            ...measures.map((name) => figure(total[name])),
          ],
        ]
      : [];
    table(
      [...(keys.length > 0 ? keys : total ? [String(report)] : []), ...measures],
      [...rows.map(cells), ...totalRow],
    );
  }
  if (settings !== undefined && settings !== null) say('', printable(settingsLine(settings as Figures)));
  nextPage(next ?? null);
}

/** By which clock and calendar the figures are counted. */
function settingsLine(settings: Figures): string {
  return Object.entries(settings)
    .filter(([, value]) => !Array.isArray(value) || value.length > 0)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(',') : String(value)}`)
    .join('; ');
}

/** Of a row that says its currency beside. */
function amountIn({ amount, currency }: Figures): Cell {
  if (currency === undefined || (typeof amount !== 'string' && typeof amount !== 'number'))
    return figure(amount);
  return amountOf({ amount: String(amount), currency: typeof currency === 'string' ? currency : null });
}

/** A figure in one cell: money in whole units, a spread by its median. */
function figure(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(figure).join('; ');
  if (typeof value !== 'object') return value as Cell;
  const { currency, amount, n, median, p90 } = value as Record<string, string | number | null>;
  if (amount !== undefined)
    return amountOf({
      amount: amount === null ? null : String(amount),
      currency: typeof currency === 'string' ? currency : null,
    });
  if (n !== undefined) return n === 0 ? null : `median ${median}, p90 ${p90}`;
  return JSON.stringify(value);
}
