import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { nextPage, printable, say, show, type Cell } from '../output.ts';
import { wideTable } from '../wide-table.ts';
import { amountOf, percentOf, type Amounts } from './amounts.ts';
import { converting, example, modelsOf, nothing, NOTHING_WON, paged, type Asked } from './asked.ts';
import { reasonOf } from './deals.ts';

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

type Options = Readonly<Record<string, unknown>>;

const collect = (value: string, before: readonly string[] = []) => [...before, value];

/** Options that narrow what credit is read; the same for a report and for what it is made of. */
function narrowed(command: Command): Command {
  return paged(
    converting(command)
      .option('--measure <name>', 'revenue, of won deals, or pipeline, of open ones as they stand', 'revenue')
      .option('--date <meaning>', 'which date --from and --to are of: closed, created or touch', 'closed')
      .option('--from <day>', 'only this day and later, such as 2026-01-31')
      .option('--to <day>', 'only before this day')
      .option(
        '--only <dimension:value>',
        'only what has this value, such as channel:email; may be repeated',
        collect,
      )
      .option('--blank <names>', 'only what these dimensions are not known of, such as campaign,member'),
  );
}

export function addCredit(attribution: Command): void {
  const report = narrowed(attribution.command('credit'))
    .option('--models <names>', 'which, separated by commas; all unless told')
    .option(
      '--group <names>',
      'one to three of channel, campaign, person, member, team, asset, touch-type, account, owner, opportunity',
      'channel',
    )
    .option('--snapshot <model/number>', 'a data-driven model, deal by deal, beside the models named')
    .option('--deals', 'deals in place of money: a deal is divided as its amount is')
    .description('credit of deals under every model, side by side, with the spread between them')
    .action(async ({ deals, ...options }: Options, command: Command) => {
      const asked = { ...(options as Asked), ...modelsOf(command) };
      const found = await clientOf(command).get<Report>('attribution', '/v1/credit', asked);
      show(command, found, (it) => printReport(it, asked, deals === true));
    });
  example(
    report,
    'throughline attribution credit --models first,linear,last',
    'throughline attribution credit --models w-shaped --group team,channel --from 2026-01-01 --to 2026-04-01',
  );
  const entries = narrowed(attribution.command('entries'))
    .option('--model <name>', 'under which model')
    .option('--snapshot <model/number>', 'or under which snapshot')
    .option('--unattributed', 'what no touch deserves, by deal')
    .description('what a figure of `credit` is the sum of: deals, touches and event ids')
    .action(async ({ unattributed, ...options }: Options, command: Command) => {
      const asked = { ...(options as Asked), ...(unattributed === true ? { unattributed: 'true' } : {}) };
      const found = await clientOf(command).get<Entries>('attribution', '/v1/credit/entries', asked);
      show(command, found, (it) => printEntries(it, asked, unattributed === true));
    });
  example(entries, 'throughline attribution entries --model linear --only channel:email');
}

const never = (measure: unknown): string =>
  measure === 'pipeline' ? 'No deal is open: there is no pipeline.' : NOTHING_WON;

function printReport(report: Report, asked: Asked, wantsDeals: boolean): void {
  const { measure, models, group, items, unattributed, total, next } = report;
  if (total.length === 0) return say(nothing(asked, never(measure)));
  const unknown = total.filter((row) => models.every((model) => row.models[model]?.amount == null));
  const inDeals = wantsDeals || unknown.length === total.length;
  const cell = (figure: Figure | undefined, currency: string | null): Cell =>
    figure === undefined
      ? null
      : inDeals
        ? Number(figure.deals).toFixed(4)
        : amountOf({ amount: figure.amount, currency });
  const line = (row: Row, keys: readonly Cell[]): Cell[] => [
    ...keys,
    ...models.map((model) => cell(row.models[model], row.currency)),
    cell(row.spread, row.currency),
  ];
  const named = (name: string): Cell[] => [name, ...Array<Cell>(group.length - 1).fill('')];
  const of = measure === 'pipeline' ? 'open deals as they stand' : 'won deals';
  say(
    `${inDeals ? 'Number' : 'Amounts'} of ${of}, by model. spread: the most that a model gives less the least.`,
    '',
  );
  wideTable(
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
    { keys: group.length },
  );
  say('');
  if (inDeals && !wantsDeals) say('No amount is known, so deals are counted in place of money.');
  if (!inDeals && unknown.length > 0) say('A line of dashes: deals of unknown amount; --deals counts them.');
  if (items.some(({ key }) => group.some((name) => (key[name] ?? null) === null)))
    say(`– in the first columns: touches of which the ${group.join(' or ')} is not known.`);
  if (unattributed.length > 0) say('(unattributed): what the model gives to no touch.');
  if (measure === 'pipeline')
    say(
      'Open deals have no credit yet: this is what they would give, × the probability of the stage where a model says any.',
    );
  const [first] = items;
  if (first) say('', 'What the first figure is the sum of:', printable(`  ${drill(report, first, asked)}`));
  nextPage(next);
}

/** The command that opens the first figure of a row, under all that the report was asked. */
function drill({ models, group }: Report, { key }: Row, asked: Asked): string {
  const unknown = group.filter((name) => (key[name] ?? null) === null);
  const known = group.flatMap((name) => (unknown.includes(name) ? [] : [`${name}:${key[name]}`]));
  const isRule = asked['snapshot'] === undefined || asked['models'] !== undefined;
  const options: Asked = {
    ...(isRule ? { model: models[0] } : { snapshot: asked['snapshot'] }),
    ...{ measure: asked['measure'], date: asked['date'], from: asked['from'], to: asked['to'] },
    currency: asked['currency'],
    only: [...[asked['only'] ?? []].flat().map(String), ...known],
    blank: [...[asked['blank'] ?? []].flat(), ...unknown].join(','),
  };
  const words = Object.entries(options).flatMap(([name, values]) =>
    [values ?? []]
      .flat()
      .filter((value) => value !== '' && value !== USUAL[name])
      .map((value) => `--${name} ${quoted(String(value))}`),
  );
  return `throughline attribution entries ${words.join(' ')}`;
}

const USUAL: Readonly<Record<string, string>> = { measure: 'revenue', date: 'closed' };

/** As a shell takes it for one word. */
const quoted = (value: string): string =>
  /^[\w.:/@-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;

function printEntries({ items, total, next }: Entries, asked: Asked, unattributed: boolean): void {
  if (items.length === 0) {
    const none = unattributed ? 'Nothing is unattributed.' : never(asked['measure']);
    return say(nothing(asked, none));
  }
  const deal = (it: Entries['items'][number], at: number): Cell[] => [
    ...[at + 1, it['opportunity'], amountOf(it as unknown as Amounts), percentOf(Number(it['weight']))],
  ];
  if (unattributed)
    wideTable(
      ['#', 'deal', 'amount', 'of the deal', 'because', 'event that says so'],
      items.map((it, at) => [...deal(it, at), reasonOf(it['reason'] as string | null), it['creditEventId']]),
    );
  else
    wideTable(
      [
        ...['#', 'deal', 'amount', 'of the deal', 'touch on', 'channel', 'campaign'],
        ...['event of the touch', 'event that says the credit', 'person'],
      ],
      items.map((it, at) => [
        ...[...deal(it, at), (it['occurredAt'] as string | null)?.slice(0, 10)],
        ...[it['channel'], it['campaign'], it['touch'], it['creditEventId'], it['person']],
      ]),
    );
  say('');
  for (const sum of total)
    say(
      printable(
        `${amountOf(sum) ?? 'amount unknown'} in all: ${sum.entries} entries of ${sum.opportunities} deals`,
      ),
    );
  nextPage(next);
}
