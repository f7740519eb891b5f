import { Option, type Command } from 'commander';
import { clientOf } from '../context.ts';
import { limitOption } from '../journey.ts';
import { printable, say, show, table, type Cell } from '../output.ts';
import { amountOf, type Amounts } from './amounts.ts';
import { converting, example, nothing, NOTHING_WON, within, type Asked } from './asked.ts';

interface Sum extends Amounts {
  readonly paths: number;
  readonly deals: number;
}

interface Path extends Amounts {
  readonly channels: readonly (string | null)[];
  readonly deals: number;
  readonly examples: readonly string[];
}

interface Paths {
  readonly items: readonly Path[];
  readonly rest: readonly Sum[];
  readonly total: readonly Sum[];
}

const MOST = 1_000;
/** Characters of a line that a path takes; longer ones go on below. */
const LINE = 60;
const none = {
  won: NOTHING_WON,
  lost: 'No deal was lost yet.',
  open: 'No deal is open.',
} as const;
type Outcome = keyof typeof none;

export function addPaths(attribution: Command): void {
  const command = converting(within(attribution.command('paths')))
    .addOption(
      new Option('--outcome <name>', 'of which deals').choices(['won', 'lost', 'open']).default('won'),
    )
    .addOption(
      new Option('--by <measure>', 'most deals first, or most money')
        .choices(['deals', 'amount'])
        .default('deals'),
    )
    .option('--limit <number>', 'how many paths; all others are one rest', limitOption, 20)
    .description('the channels that deals came along, in order: the paths of most deals, and the rest')
    .action(async (asked: Asked & { outcome: Outcome; limit: number }, own: Command) => {
      show(own, await clientOf(own).get<Paths>('attribution', '/v1/paths', asked), (paths) =>
        print(paths, asked),
      );
    });
  example(command, 'throughline attribution paths --outcome lost --by amount --limit 10');
}

function print({ items, rest, total }: Paths, asked: Asked & { outcome: Outcome; limit: number }): void {
  if (items.length === 0) return say(nothing(asked, none[asked.outcome]));
  const { outcome, limit } = asked;
  say(`Paths of deals that are ${outcome}. A channel that comes several times in a row stands once.`, '');
  table(
    ['deals', 'amount', 'one of them', 'path, the first touch first'],
    [
      ...items.flatMap((path) => rows([path.deals, amountOf(path), path.examples[0]], named(path))),
      ...rest.map((it): Cell[] => [it.deals, amountOf(it), '', `(${it.paths} other paths)`]),
      ...total.map((it): Cell[] => [it.deals, amountOf(it), '', `total: ${it.paths} paths`]),
    ],
  );
  if (items.some(({ channels }) => channels.includes(null)))
    say('', '(unknown): a touch of which nobody said the channel. --json has null.');
  const others = rest.reduce((sum, { paths }) => sum + paths, 0);
  if (others > 0 && limit < MOST)
    say('', `There are ${others} other paths: add --limit ${Math.min(limit + others, MOST)}`);
  const [some] = items.flatMap(({ examples }) => examples);
  if (some !== undefined) say('', printable(`Touch by touch: throughline attribution deal ${some}`));
}

const named = ({ channels }: Path): string[] =>
  channels.length === 0 ? ['(no touch)'] : channels.map((channel) => channel ?? '(unknown)');

/** A path over as many rows as it needs. */
function rows(cells: readonly Cell[], steps: readonly string[]): Cell[][] {
  const lines: string[] = [];
  for (const [at, step] of steps.entries()) {
    const text = at < steps.length - 1 ? `${step} >` : step;
    const line = lines.at(-1);
    if (line !== undefined && line.length + text.length < LINE) lines[lines.length - 1] = `${line} ${text}`;
    else lines.push(text);
  }
  return lines.map((line, at) => [...(at === 0 ? cells : ['', '', '']), line]);
}
