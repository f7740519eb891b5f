import { Option, type Command } from 'commander';
import type { Page } from '@throughline/client';
import { clientOf } from '../context.ts';
import { nextPage, printable, say, show, table, type Cell } from '../output.ts';
import { amountOf, type Amounts } from './amounts.ts';
import { converting, example, nothing, NOTHING_WON, paged, within, type Asked } from './asked.ts';

interface Counts {
  readonly deals: number;
  readonly sourced: number;
  readonly assisted: number;
  readonly closed: number;
}

interface Assists {
  readonly items: readonly { readonly subject: string | null; readonly won: Counts; readonly lost: Counts }[];
  readonly total: Readonly<Record<'won' | 'lost' | 'untouched', number>>;
  readonly next: string | null;
}

interface Contributor extends Readonly<Record<(typeof PARTS)[number], boolean>> {
  readonly member: string | null;
  readonly campaign: string | null;
  readonly touches: number;
  readonly channels: readonly (string | null)[];
}

interface Win extends Amounts, Readonly<Record<(typeof SIDES)[number], readonly Contributor[]>> {
  readonly opportunity: string;
  readonly account: string | null;
  readonly name: string | null;
  readonly wonAt: string | null;
  readonly closer: string | null;
  readonly closerFunction: string | null;
  readonly named: readonly { readonly member: string }[];
}

const PARTS = ['sourced', 'assisted', 'closed'] as const;
const SIDES = ['marketing', 'sales', 'unknown'] as const;
const SUBJECTS = ['member', 'person', 'team', 'campaign', 'channel', 'asset'];
const MEANING =
  'sourced: has the first touch of the deal; closed: has the last; assisted: has another than the last.';

/** Who had part in deals: by subject over all of them, and by name at each win. */
export function addAssists(attribution: Command): void {
  const counted = paged(within(attribution.command('assists')))
    .addOption(new Option('--by <subject>', 'whose part').choices(SUBJECTS).default('member'))
    .description('who sourced, assisted and closed won deals, with lost ones to compare')
    .action(async (asked: Asked & { by: string }, command: Command) => {
      const found = await clientOf(command).get<Assists>('attribution', '/v1/assists', asked);
      show(command, found, (it) => printAssists(it, asked));
    });
  example(counted, 'throughline attribution assists --by campaign --from 2026-01-01 --to 2026-07-01');
  const wins = paged(converting(within(attribution.command('recognition'))), 'wins')
    .description('each win, the latest first, with all who had part in it, of marketing and of sales')
    .action(async (asked: Asked, command: Command) => {
      const found = await clientOf(command).get<Page<Win>>('attribution', '/v1/recognition', asked);
      show(command, found, (it) => printWins(it, asked));
    });
  example(wins, 'throughline attribution recognition --limit 5');
}

function printAssists({ items, total, next }: Assists, asked: Asked & { by: string }): void {
  if (items.length === 0 && total.won + total.lost === 0)
    return say(nothing(asked, 'No deal was won or lost yet: parts are counted when a deal closes.'));
  const cells = ({ deals, ...counts }: Counts): Cell[] => [deals, ...PARTS.map((part) => counts[part])];
  table(
    [asked.by, ...['won', 'lost'].flatMap((of) => [`${of} deals`, ...PARTS])],
    items.map(({ subject, won, lost }) => [subject, ...cells(won), ...cells(lost)]),
    nothing(asked, 'No touch is on the path of a deal that closed.'),
  );
  say('', `Of ${total.won} won and ${total.lost} lost deals; ${total.untouched} of them without any touch.`);
  if (items.some(({ subject }) => subject === null)) say(`–: touches of which no ${asked.by} is known.`);
  say(MEANING, 'A deal counts once for each; the columns overlap and are no credit.');
  nextPage(next);
}

function printWins({ items, next }: Page<Win>, asked: Asked): void {
  if (items.length === 0) return say(nothing(asked, NOTHING_WON));
  for (const win of items) {
    const { opportunity, account, name, wonAt, closer, closerFunction, named } = win;
    const who = closer === null ? 'nobody that was told' : `${closer} (${closerFunction ?? 'side unknown'})`;
    say(
      printable(
        `${wonAt?.slice(0, 10) ?? 'undated'}  ${name ?? opportunity}: ${amountOf(win) ?? 'amount unknown'}`,
      ),
      printable(`  deal ${opportunity} of account ${account ?? 'unknown'}`),
      printable(`  closed by ${who}`),
    );
    if (named.length > 0)
      say(printable(`  named at the win: ${named.map(({ member }) => member).join(', ')}`));
    table(
      ['  side', 'who', 'touches', 'part', 'channels'],
      SIDES.flatMap((side) => win[side].map((of) => contribution(side, of))),
      '  No touch is on its path.',
    );
    say('');
  }
  say(MEANING);
  nextPage(next);
}

function contribution(side: string, of: Contributor): Cell[] {
  const who = of.member ?? (of.campaign === null ? 'nobody named' : `campaign ${of.campaign}`);
  const part = PARTS.filter((name) => of[name]).join(', ');
  const channels = of.channels.map((channel) => channel ?? 'unknown').join(', ');
  return [`  ${side}`, who, of.touches, part, channels];
}
