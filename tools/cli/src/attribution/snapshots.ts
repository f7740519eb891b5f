import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Page } from '@throughline/client';
import { clientOf } from '../context.ts';
import { printable, say, show, table } from '../output.ts';
import { amountOf } from './amounts.ts';

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

interface Version {
  readonly model: string;
  readonly version: number;
  readonly rule: string;
  readonly parameters: unknown;
  readonly scope: string;
  readonly windowDays: number | null;
  readonly inForceFrom: string | null;
}

const order = (text: string): number => {
  const read = Number(text);
  if (!Number.isInteger(read) || read < 1 || read > 10) throw new InvalidArgumentError('It takes 1 to 10.');
  return read;
};

/** Definitions of models, and data-driven models run as of an instant. */
export function addSnapshots(attribution: Command): void {
  attribution
    .command('models')
    .description('every version of every model: its rule, whose touches count and how far back')
    .action(async (_options: object, command: Command) => {
      const page = await clientOf(command).get<Page<Version>>('attribution', '/v1/attribution-models');
      show(command, page, ({ items }) =>
        table(
          ['model', 'version', 'rule', 'parameters', 'scope', 'window', 'in force from'],
          items.map((it) => [
            ...[it.model, it.version, it.rule, JSON.stringify(it.parameters), it.scope],
            ...[it.windowDays === null ? 'none' : `${it.windowDays} days`, it.inForceFrom ?? 'the beginning'],
          ]),
        ),
      );
    });
  attribution
    .command('snapshot')
    .addOption(new Option('--rule <name>', 'the model').choices(['markov', 'shapley']).default('markov'))
    .option('--steps <number>', 'of Markov: its order, how many channels a step remembers', order, 1)
    .option('--leave-lost-out', 'let lost deals not weigh on Markov')
    .option('--as-of <instant>', 'deals as they stood then; now unless told')
    .option('--currency <code>', 'whose amounts count, where deals were won in several')
    .description('run a data-driven model over all deals, and keep it under a number')
    .action(async (options: Given, command: Command) => {
      const { rule, steps, leaveLostOut, asOf, currency } = options;
      const asked = { rule, order: steps, lost: leaveLostOut ? 'without' : 'with', asOf, currency };
      const taken = await clientOf(command).post<Snapshot>('attribution', '/v1/snapshots', asked);
      show(command, taken, print);
    });
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
  say(printable(`${model}/${number} as of ${asOf}: ${won} won, ${lost} lost, ${open} open (in no path)`), '');
  table(
    ['channel', 'weight', 'deals', 'revenue'],
    [
      ...weights.map((it) => [it.channel, it.weight, it.conversions, money(it.value)]),
      ['(unattributed)', '', unattributed.conversions, money(unattributed.value)],
      ['total', '', totals.conversions, money(totals.value)],
    ],
  );
  say('', `Deal by deal, under a rule of its own: /v1/credit?snapshot=${model}/${number}`);
}
