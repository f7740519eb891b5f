import { InvalidArgumentError, Option, type Command } from 'commander';
import { GAMES } from '@throughline/attribution';
import type { Page } from '@throughline/client';
import { clientOf } from '../context.ts';
import { nextPage, printable, say, show, table } from '../output.ts';
import { wideTable } from '../wide-table.ts';
import { amountOf } from './amounts.ts';
import { example, NOTHING_WON, pageOf, paged } from './asked.ts';

interface Snapshot {
  readonly model: string;
  readonly number: number;
  readonly takenAt: string;
  readonly asOf: string;
  readonly currency: string | null;
  readonly rates?: readonly unknown[];
  readonly journeys: Readonly<Record<'won' | 'lost' | 'open' | 'withoutAmount' | 'otherCurrency', number>>;
  readonly weights: readonly Channel[];
  readonly unattributed: Figures;
  readonly totals: Figures;
}

interface Figures {
  readonly conversions: string;
  readonly value: number;
}

interface Channel extends Figures {
  readonly channel: string;
  readonly weight: string;
  /** of ordered Shapley: its credit by place on the path */
  readonly places?: readonly (Figures & { readonly place: number })[];
  /** where it was sampled */
  readonly standardError?: { readonly weight: string };
}

const ROUTE = '/v1/snapshots';
const RULES = ['markov', 'shapley', 'shapley-ordered', 'shapley-general'];

const whole = (most: number) => (text: string) => {
  const read = Number(text);
  if (Number.isInteger(read) && read >= 1 && read <= most) return read;
  throw new InvalidArgumentError(`It takes 1 to ${most}.`);
};

/** Data-driven models, run as of an instant. */
export function addSnapshots(attribution: Command): void {
  const command = attribution
    .command('snapshot')
    .addOption(new Option('--rule <name>', 'the model').choices(RULES).default('markov'))
    .option('--steps <number>', 'of markov: its order, how many channels a step remembers; 1', whole(10))
    .option('--leave-lost-out', 'of markov: let lost deals not weigh')
    .addOption(
      new Option('--game <name>', 'of shapley-general: what channels together are worth; rate').choices(
        GAMES,
      ),
    )
    .option('--permutations <number>', 'of shapley-general beyond 20 channels; 1000', whole(10_000))
    .option('--as-of <instant>', 'deals as they stood then; now unless told')
    .option(
      '--currency <code>',
      'what amounts are converted to, each at its close; where deals were won in several',
    )
    .description('run a data-driven model over all deals, and keep it under a number')
    .action(async (options: Given, own: Command) => {
      const { steps: order, leaveLostOut, ...rest } = options;
      const asked = { ...rest, order, ...(leaveLostOut ? { lost: 'without' } : {}) };
      show(own, await clientOf(own).post<Snapshot>('attribution', ROUTE, asked), print);
    });
  example(command, 'throughline attribution snapshot --rule markov --steps 2 --as-of 2026-04-01T00:00:00Z');
  const list = paged(attribution.command('snapshots'), 'snapshots')
    .description('the snapshots that were taken, the latest first')
    .action(async (asked: { limit: number; cursor?: string }, own: Command) => {
      const { items } = await clientOf(own).get<Page<Snapshot>>('attribution', ROUTE);
      show(own, pageOf('snapshots', items, asked), printList);
    });
  example(list, 'throughline attribution snapshots --limit 10');
}

interface Given {
  readonly rule: string;
  readonly steps?: number;
  readonly leaveLostOut?: boolean;
  readonly game?: string;
  readonly permutations?: number;
  readonly asOf?: string;
  readonly currency?: string;
}

const places = (decimal: string): string => Number(decimal).toFixed(4);
const instant = (text: string): string => text.slice(0, 19).replace('T', ' ');

function print(snapshot: Snapshot): void {
  const { model, number, asOf, currency, rates = [], journeys, weights, unattributed, totals } = snapshot;
  const figures = ({ conversions, value }: Figures) => [
    places(conversions),
    amountOf({ amount: String(value), currency }),
  ];
  const { won, lost, open, withoutAmount, otherCurrency } = journeys;
  say(
    printable(
      `${model}/${number} as of ${instant(asOf)}: ${won} won, ${lost} lost; ${open} open do not count`,
    ),
    '',
  );
  if (won === 0) return say(NOTHING_WON);
  const isSampled = weights.some(({ standardError }) => standardError !== undefined);
  wideTable(
    ['channel', 'weight', 'deals', 'revenue', ...(isSampled ? ['standard error of the weight'] : [])],
    [
      ...weights.map((it) => [
        ...[it.channel, places(it.weight), ...figures(it)],
        ...(isSampled ? [places(it.standardError?.weight ?? '0')] : []),
      ]),
      ['(unattributed)', '', ...figures(unattributed)],
      ['total', '', ...figures(totals)],
    ],
  );
  printPlaces(weights, figures);
  say('', 'weight: removal effect or Shapley value. Rounded to 4 places here; --json has all.');
  if (withoutAmount + otherCurrency > 0)
    say(
      `Without revenue: ${withoutAmount} won deals of unknown amount, ${otherCurrency} in another or an unknown currency.`,
    );
  if (rates.length > 0)
    say(
      `Amounts were converted to ${currency}, each at its close, by ${rates.length === 1 ? 'one rate' : `${rates.length} rates`}: --json names them.`,
    );
  say(`Deal by deal: throughline attribution credit --snapshot ${model}/${number} --models linear`);
}

function printPlaces(weights: readonly Channel[], figures: (of: Figures) => (string | null)[]): void {
  const rows = weights.flatMap(({ channel, places: all = [] }) =>
    all.map((it) => [channel, it.place, ...figures(it)]),
  );
  if (rows.length === 0) return;
  say('', 'By place on the path', '');
  table(['channel', 'place', 'deals', 'revenue'], rows);
}

function printList({ items, next }: Page<Snapshot>): void {
  table(
    ['snapshot', 'as of', 'taken', 'won', 'lost', 'revenue'],
    items.map(({ model, number, asOf, takenAt, currency, journeys, totals }) => [
      ...[`${model}/${number}`, instant(asOf), instant(takenAt), journeys.won, journeys.lost],
      amountOf({ amount: String(totals.value), currency }),
    ]),
    'No snapshot was taken yet: `throughline attribution snapshot` takes one.',
  );
  nextPage(next);
}
