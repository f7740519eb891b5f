import { createHash } from 'node:crypto';
import { formatDecimal, PathCounters, pathReport, type PathReport } from '@throughline/attribution';
import type { EventData } from '@throughline/contracts';
import { UNKNOWN_CHANNEL } from '../credit/deal.state.ts';

export type Snapshot = EventData<'credit.snapshot-taken'>;

export interface SnapshotRule {
  readonly rule: 'markov' | 'shapley';
  /** of Markov: how many channels a step remembers */
  readonly order: number;
  /** of Markov: whether lost deals weigh on where journeys go */
  readonly lost: 'with' | 'without';
}

/** A deal as of the instant, with the channels on its path, the oldest first. */
export interface DealPath {
  readonly outcome: 'won' | 'lost' | 'open';
  readonly amount: string | null;
  readonly currency: string | null;
  readonly channels: readonly (string | null)[];
}

/** The id of a data-driven model: each rule and setting is one of its own, with its own numbers. */
export function modelOfRule({ rule, order, lost }: SnapshotRule): string {
  return rule === 'shapley' ? 'shapley' : `markov-${order}${lost === 'with' ? '' : '-without-lost'}`;
}

/**
 * What a data-driven model makes of these deals. Open ones are censored: counted, and in no path. A won deal without an
 * amount, or in another currency, counts as a conversion without value.
 * @throws AttributionError `order-too-high`
 */
export function snapshotOf(
  deals: readonly DealPath[],
  rule: SnapshotRule,
  currency: string | null,
): Omit<Snapshot, 'model' | 'number' | 'asOf'> {
  const counters = new PathCounters({ orders: rule.rule === 'markov' ? [rule.order] : [] });
  const journeys = { won: 0, lost: 0, open: 0, withoutAmount: 0, otherCurrency: 0 };
  const rows: string[] = [];
  for (const { outcome, amount, currency: of, channels: named } of deals) {
    journeys[outcome] += 1;
    if (outcome === 'open') continue;
    const channels = named.map((channel) => channel ?? UNKNOWN_CHANNEL);
    const isWon = outcome === 'won';
    const isOther = isWon && amount !== null && of !== currency;
    const isKnown = isWon && amount !== null && !isOther && BigInt(amount) >= 0n;
    if (isOther) journeys.otherCurrency += 1;
    else if (isWon && !isKnown) journeys.withoutAmount += 1;
    const row = {
      channels,
      conversions: isWon ? 1 : 0,
      value: isKnown ? BigInt(amount) : 0n,
      losses: isWon ? 0 : 1,
    };
    counters.add(row);
    rows.push(JSON.stringify([channels, outcome, String(row.value)]));
  }
  const parameters = rule.rule === 'markov' ? { order: rule.order, lost: rule.lost } : {};
  const report = pathReport(counters, { name: rule.rule, parameters });
  const figures = ({ conversions, value }: PathReport['totals']) => ({
    ...{ conversions: formatDecimal(conversions), value: Number(value) },
  });
  return {
    rule: rule.rule,
    parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, String(value)])),
    ...{ currency, journeys, weights: weightsOf(report) },
    ...{ unattributed: figures(report.unattributed), totals: figures(report.totals) },
    inputDigest: createHash('sha256').update(rows.sort().join('\n'), 'utf8').digest('hex'),
  };
}

/** Removal effects of Markov, else the Shapley values, which are the credit in conversions. */
function weightsOf({ credits, removal }: PathReport): Snapshot['weights'] {
  const effects = new Map(removal?.effects.map(({ channel, conversions }) => [channel, conversions]));
  return credits.map(({ channel, conversions, value }) => {
    const effect = effects.get(channel);
    const credited = formatDecimal(conversions);
    const weight = effect === undefined ? credited : effect.toFixed(12).replace(/\.?0+$/, '');
    return { channel, weight, conversions: credited, value: Number(value) };
  });
}
