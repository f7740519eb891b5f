import {
  rateOf,
  type Amount,
  type ChannelCredit,
  type PathCounters,
  type RateValue,
} from '@throughline/attribution';
import { say, table, type Cell } from '../output.ts';
import { wideTable } from '../wide-table.ts';
import type { Compared } from './compare-models.ts';

const SHOWN = 4n;
const CUT = 10n ** (12n - SHOWN);

/** Units of 1e-12 to four places, half up. */
export function shown(units: bigint): string {
  const rounded = (units + CUT / 2n) / CUT;
  const digits = rounded.toString().padStart(Number(SHOWN) + 1, '0');
  return `${digits.slice(0, -Number(SHOWN))}.${digits.slice(-Number(SHOWN))}`;
}

export function printCompared(counters: PathCounters, compared: Compared): void {
  const { reports, participation, ordered, rates } = compared;
  const { conversions, losses } = counters.totals;
  say(`${conversions} conversions, ${losses} lost journeys, ${counters.present().length} channels.`);
  if (reports.length > 0) {
    printColumn(compared, 'Conversions', (amount) => amount.conversions);
    printColumn(compared, 'Value', (amount) => amount.value);
  }
  for (const { removal } of reports) if (removal) printRemoval(removal);
  if (participation) printParticipation(participation);
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

function printRemoval(removal: NonNullable<Compared['reports'][number]['removal']>): void {
  const { order, states, steps, method, sweeps, effects } = removal;
  const how = method === 'sweeps' ? `${sweeps} sweeps` : 'elimination';
  say('', `Removal effects, order ${order}: ${states} states, ${steps} steps, by ${how}`);
  table(
    ['channel', 'conversions', 'value'],
    effects.map((it) => [it.channel, it.conversions.toFixed(6), it.value.toFixed(6)]),
  );
}

function printParticipation(rows: readonly ChannelCredit[]): void {
  say(
    '',
    'Participation: conversions that the channel took part in. No credit: they sum to more than there are.',
  );
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
