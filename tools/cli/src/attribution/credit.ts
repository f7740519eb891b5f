import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { limitOption } from '../journey.ts';
import { nextPage, printable, say, show, table, type Cell } from '../output.ts';
import { amountOf, type Amounts } from './amounts.ts';

interface Figure extends Amounts {
  readonly deals: string;
}

interface Row {
  readonly key: Readonly<Record<string, string | null>>;
  readonly currency: string | null;
  readonly models: Readonly<Record<string, Figure>>;
  readonly spread: Figure;
}

interface Report {
  readonly measure: string;
  readonly models: readonly string[];
  readonly group: readonly string[];
  readonly items: readonly Row[];
  readonly unattributed: readonly Row[];
  readonly total: readonly Row[];
  readonly next: string | null;
}

interface Entries {
  readonly items: readonly Readonly<Record<string, Cell>>[];
  readonly total: readonly (Amounts & { readonly entries: number; readonly opportunities: number })[];
  readonly next: string | null;
}

const collect = (value: string, before: readonly string[] = []) => [...before, value];

/** Options that narrow what credit is read; the same for a report and for what it is made of. */
export function narrowed(command: Command): Command {
  return command
    .option('--measure <name>', 'revenue, of won deals, or pipeline, of open ones as they stand', 'revenue')
    .option('--date <meaning>', 'which date --from and --to are of: closed, created or touch', 'closed')
    .option('--from <day>', 'not before this day')
    .option('--to <day>', 'before this day')
    .option('--only <dimension:value>', 'only what has this value; may be repeated', collect)
    .option('--blank <names>', 'only what these are not known of')
    .option('--limit <number>', 'rows a page', limitOption, 100)
    .option('--cursor <cursor>', 'the next page');
}

type Options = Record<string, string | number | string[]>;

export function addCredit(attribution: Command): void {
  narrowed(attribution.command('credit'))
    .option('--models <names>', 'which, separated by commas; all unless told')
    .option('--group <names>', 'channel, campaign, person, member, team, asset …; up to three', 'channel')
    .option('--snapshot <model/number>', 'a data-driven model beside them, deal by deal')
    .option('--deals', 'whole deals in place of money')
    .description('credit of deals under every model, side by side, with the spread between them')
    .action(async ({ deals, ...query }: Options & { deals?: boolean }, command: Command) => {
      // the command above has an option of this name too, and takes it first
      const { models } = command.optsWithGlobals<{ models?: string }>();
      const asked = { ...(query as Options), ...(models === undefined ? {} : { models }) };
      const report = await clientOf(command).get<Report>('attribution', '/v1/credit', asked);
      show(command, report, (it) => printReport(it, deals === true));
    });
  narrowed(attribution.command('entries'))
    .option('--model <name>', 'under which model')
    .option('--snapshot <model/number>', 'or under which snapshot')
    .option('--unattributed', 'what no touch deserves, by deal')
    .description('the deals, touches and event ids that a figure is the sum of')
    .action(async ({ unattributed, ...query }: Options & { unattributed?: boolean }, command: Command) => {
      const asked = { ...(query as Options), ...(unattributed ? { unattributed: 'true' } : {}) };
      show(
        command,
        await clientOf(command).get<Entries>('attribution', '/v1/credit/entries', asked),
        printEntries,
      );
    });
}

function printReport(report: Report, inDeals: boolean): void {
  const { models, group, items, unattributed, total, next } = report;
  const cell = (figure: Figure | undefined, currency: string | null): Cell =>
    figure === undefined ? null : inDeals ? figure.deals : amountOf({ ...figure, currency });
  const line = (row: Row, keys: readonly Cell[]): Cell[] => [
    ...keys,
    ...models.map((model) => cell(row.models[model], row.currency)),
    cell(row.spread, row.currency),
  ];
  const named = (name: string): Cell[] => [name, ...Array<Cell>(group.length - 1).fill('')];
  table(
    [...group, ...models, 'spread'],
    [
      ...items.map((row) =>
        line(
          row,
          group.map((name) => row.key[name] ?? null),
        ),
      ),
      ...unattributed.map((row) => line(row, named('(unattributed)'))),
      ...total.map((row) => line(row, named('total'))),
    ],
    'Nothing is credited.',
  );
  if (report.measure === 'pipeline') say('', 'Open deals as they stand; nothing of it was said as credit.');
  nextPage(next);
}

function printEntries({ items, total, next }: Entries): void {
  table(
    ['deal', 'amount', 'share of the deal', 'touch', 'at', 'channel', 'campaign', 'person', 'said by event'],
    items.map((it) => [
      it['opportunity'],
      amountOf(it as unknown as Amounts),
      `${(Number(it['weight']) / 10_000).toFixed(4)} %`,
      it['touch'],
      ...[it['occurredAt'], it['channel'], it['campaign'], it['person'], it['creditEventId']],
    ]),
  );
  for (const sum of total)
    say(
      '',
      printable(`${amountOf(sum) ?? 'amount unknown'}: ${sum.entries} entries of ${sum.opportunities} deals`),
    );
  nextPage(next);
}
