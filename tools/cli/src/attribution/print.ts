import {
  rateOf,
  type Amount,
  type ChannelCredit,
  type PathCounters,
  type RateValue,
} from '@throughline/attribution';
import { say, table, type Cell } from '../output.ts';
import { wideTable } from '../wide-table.ts';
import { valueOf, type Compared, type General } from './compare-models.ts';

const SHOWN = 4n;
const CUT = 10n ** (12n - SHOWN);

/** Units of 1e-12 to four places, half away from 0. */
export function shown(units: bigint): string {
  const rounded = ((units < 0n ? -units : units) + CUT / 2n) / CUT;
  const digits = rounded.toString().padStart(Number(SHOWN) + 1, '0');
  const sign = units < 0n && rounded > 0n ? '-' : '';
  return `${sign}${digits.slice(0, -Number(SHOWN))}.${digits.slice(-Number(SHOWN))}`;
}

export function printCompared(counters: PathCounters, compared: Compared): void {
  const { reports, participation, uniform, ordered, rates } = compared;
  const { conversions, losses } = counters.totals;
  say(`${conversions} conversions, ${losses} lost journeys, ${counters.present().length} channels.`);
  if (conversions === 0) say('Nothing converted: there is no credit to give.');
  if (reports.length > 0) {
    printColumn(compared, 'Conversions', (amount) => amount.conversions);
    printColumn(compared, 'Value', (amount) => amount.value);
  }
  for (const { model, removal, general } of reports) {
    if (removal) printRemoval(model, removal);
    if (general) printGame(model, general);
  }
  if (participation)
    printInfluence(
      'Participation: whole to every channel on the path. No credit: the rows sum to more than there is.',
      participation,
    );
  if (uniform)
    printInfluence(
      'Uniform: whole to every touch on the path. No credit: the rows sum to more than there is.',
      uniform,
    );
  if (ordered) {
    say('', 'Shapley, ordered: conversions by place on the path');
    table(
      ['channel', 'place', 'conversions', 'value'],
      ordered.flatMap(({ channel, positions }) =>
        positions.map((it) => [channel, it.position, shown(it.conversions), shown(it.value)]),
      ),
    );
  }
  if (rates) printRates(rates);
  say('', 'Rounded to 4 places here; --json has all 12.');
}

function printColumn(compared: Compared, title: string, of: (amount: Amount) => bigint): void {
  const { reports, spread } = compared;
  const row = (name: string, amounts: readonly Amount[], last: Cell): Cell[] => [
    name,
    ...amounts.map((amount) => shown(of(amount))),
    last,
  ];
  say('', title);
  wideTable(
    ['channel', ...reports.map(({ model }) => model), 'spread'],
    [
      ...spread.map((it, at) =>
        row(
          it.channel,
          reports.flatMap(({ credits }) => credits[at] ?? []),
          shown(of(it.spread)),
        ),
      ),
      row(
        '(unattributed)',
        reports.map((report) => report.unattributed),
        '',
      ),
      row(
        '(total)',
        reports.map((report) => report.totals),
        '',
      ),
    ],
  );
}

function printRemoval(model: string, removal: NonNullable<Compared['reports'][number]['removal']>): void {
  const { probability, withLost, states, steps, method, sweeps, effects } = removal;
  const how = method === 'sweeps' ? `${sweeps} sweeps` : 'elimination';
  say(
    '',
    `Removal effects, ${model}: the share of conversions, and of their value, that is lost without the channel`,
    `P(conversion) ${likelihood(probability)}${withLost ? '' : ' as lost journeys do not count'}; ${states} states, ${steps} steps, by ${how}`,
  );
  table(
    ['channel', 'conversions', 'value'],
    effects.map((it) => [it.channel, it.conversions.toFixed(6), it.value.toFixed(6)]),
  );
}

/** Six places, or six digits of what is too small for them. */
const likelihood = (p: number): string => (p > 0 && p < 1e-3 ? p.toExponential(5) : p.toFixed(6));

const games = {
  rate: 'conversion rate, and value a journey, of journeys that touch no other channels',
  conversions: 'conversions, and value, of journeys that touch no other channels',
} as const;

function printGame(model: string, { game, method, values, creditErrors }: General): void {
  say('', `Shapley values, ${model}, ${method}: ${games[game]}. They may be negative.`);
  const worth = ({ channel, conversions, value }: General['values'][number]): Cell[] => [
    ...[channel, rateOf(conversions).toFixed(6), valueOf(value).toFixed(6)],
  ];
  if (method === 'exact') return table(['channel', game, 'value'], values.map(worth));
  say('standard errors: of the two, and of the credit above, in conversions and in value');
  table(
    ['channel', game, 'value', `error of ${game}`, 'of value', 'of credit', 'of credited value'],
    values.map((it, at) => [
      ...worth(it),
      ...[(it.standardError.conversions / 1e12).toFixed(6), (it.standardError.value / 1e24).toFixed(6)],
      creditErrors[at]?.conversions.toFixed(4),
      ((creditErrors[at]?.value ?? 0) / 1e12).toFixed(4),
    ]),
  );
}

function printInfluence(title: string, rows: readonly ChannelCredit[]): void {
  say('', title);
  table(
    ['channel', 'conversions', 'value'],
    rows.map((it) => [it.channel, shown(it.conversions), shown(it.value)]),
  );
}

function printRates(rates: readonly RateValue[]): void {
  say('', 'Shapley of the conversion rate. No credit: rare channels weigh as much as common ones.');
  table(
    ['channel', 'rate', 'standard error'],
    rates.map((it) => [it.channel, rateOf(it.value).toFixed(6), (it.standardError / 1e12).toFixed(6)]),
  );
}
