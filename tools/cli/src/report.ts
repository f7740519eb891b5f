import type { Command } from 'commander';
import { amountOf } from './attribution/amounts.ts';
import { clientOf } from './context.ts';
import { limitOption } from './journey.ts';
import { nextPage, printable, say, show, table, type Cell } from './output.ts';

interface ReportList {
  readonly items: readonly {
    readonly name: string;
    readonly help: string;
    readonly dimensions: Readonly<Record<string, readonly string[]>>;
  }[];
}

type Figures = Readonly<Record<string, unknown>>;

interface ReportAnswer extends Figures {
  readonly items?: readonly Figures[];
  readonly total?: Figures;
  readonly next?: string | null;
}

const collect = (value: string, before: readonly string[] = []) => [...before, value];

export function addReport(program: Command): void {
  program
    .command('report')
    .argument('[name]', 'a report; without it, all of them with what they can be grouped by')
    .option('--group <names>', 'dimensions, separated by commas')
    .option('--source <source>', 'only what this system sent')
    .option('--from <day>', 'not before this day')
    .option('--to <day>', 'before this day')
    .option('--only <dimension:value>', 'only rows with this value; may be repeated', collect)
    .option('--blank <names>', 'only rows where these are not known')
    .option('--data-set <name>', 'for distinct, blanks and attribute-total')
    .option('--attribute <name>', 'for attribute-total')
    .option('--check <name>', 'for data-quality: the rows of one check')
    .option('--limit <number>', 'rows a page', limitOption, 100)
    .option('--cursor <cursor>', 'the next page')
    .description('figures: funnel, opportunities, hand-offs, data quality …')
    .action(
      async (
        name: string | undefined,
        options: Record<string, string | number | string[]>,
        command: Command,
      ) => {
        const client = clientOf(command);
        if (name === undefined)
          return show(command, await client.get<ReportList>('journeys', '/v1/reports'), printList);
        const answer = await client.get<ReportAnswer>(
          'journeys',
          `/v1/reports/${encodeURIComponent(name)}`,
          options,
        );
        show(command, answer, print);
      },
    );
}

function printList({ items }: ReportList): void {
  table(
    ['report', 'what it says'],
    items.map(({ name, help }) => [name, help]),
  );
  say('', 'Dimensions for --group:');
  const sets = new Map(items.flatMap(({ dimensions }) => Object.entries(dimensions)));
  for (const [set, names] of sets) say(`  ${set}: ${names.join(', ')}`);
}

function print({ items, total, next, report, ...rest }: ReportAnswer): void {
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
  nextPage(next ?? null);
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
