import { InvalidArgumentError, Option, type Command } from 'commander';
import { clientOf } from '../context.ts';
import { printable, say, show, table } from '../output.ts';
import { amountOf } from './amounts.ts';
import { example } from './asked.ts';

interface Snapshot {
  readonly model: string;
  readonly number: number;
  readonly asOf: string;
  readonly currency: string | null;
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
}

const order = (text: string): number => {
  const read = Number(text);
  if (!Number.isInteger(read) || read < 1 || read > 10) throw new InvalidArgumentError('It takes 1 to 10.');
  return read;
};

/** Data-driven models, run as of an instant. */
export function addSnapshots(attribution: Command): void {
  const command = attribution
    .command('snapshot')
    .addOption(new Option('--rule <name>', 'the model').choices(['markov', 'shapley']).default('markov'))
    .option('--steps <number>', 'of Markov: its order, how many channels a step remembers', order, 1)
    .option('--leave-lost-out', 'let lost deals not weigh on Markov')
    .option('--as-of <instant>', 'deals as they stood then; now unless told')
    .option('--currency <code>', 'whose amounts count, where deals were won in several')
    .description('run a data-driven model over all deals, and keep it under a number')
    .action(async (options: Given, own: Command) => {
      const { rule, steps, leaveLostOut, asOf, currency } = options;
      const asked = { rule, order: steps, lost: leaveLostOut ? 'without' : 'with', asOf, currency };
      const taken = await clientOf(own).post<Snapshot>('attribution', '/v1/snapshots', asked);
      show(own, taken, print);
    });
  example(command, 'throughline attribution snapshot --rule markov --steps 2 --as-of 2026-04-01T00:00:00Z');
}

interface Given {
  readonly rule: string;
  readonly steps: number;
  readonly leaveLostOut?: boolean;
  readonly asOf?: string;
  readonly currency?: string;
}

function print({ model, number, asOf, currency, journeys, weights, unattributed, totals }: Snapshot): void {
  const money = (value: number) => amountOf({ amount: String(value), currency });
  const { won, lost, open } = journeys;
  const places = (decimal: string) => Number(decimal).toFixed(4);
  const figures = (it: Figures) => [places(it.conversions), money(it.value)];
  say(
    printable(`${model}/${number} as of ${asOf}: ${won} won, ${lost} lost, ${open} open, which do not count`),
    '',
  );
  table(
    ['channel', 'weight', 'deals', 'revenue'],
    [
      ...weights.map((it) => [it.channel, places(it.weight), ...figures(it)]),
      ['(unattributed)', '', ...figures(unattributed)],
      ['total', '', ...figures(totals)],
    ],
  );
  const { withoutAmount, otherCurrency } = journeys;
  say('', 'weight: removal effect or Shapley value. Rounded to 4 places here; --json has all.');
  if (withoutAmount + otherCurrency > 0)
    say(
      `Without revenue: ${withoutAmount} won deals of unknown amount, ${otherCurrency} in another currency.`,
    );
  say(`Deal by deal: throughline attribution credit --snapshot ${model}/${number} --models linear`);
}
