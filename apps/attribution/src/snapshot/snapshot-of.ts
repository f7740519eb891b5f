import { createHash } from 'node:crypto';
import { PathCounters, UNIT } from '@throughline/attribution';
import type { EventData } from '@throughline/contracts';
import { UNKNOWN_CHANNEL } from '../credit/deal.state.ts';
import type { UsedRate } from '../rate/rates-to.ts';
import { channelWeights, counterOptions, figures } from './channel-weights.ts';
import type { SnapshotRule } from './snapshot-rule.ts';

export type Snapshot = EventData<'credit.snapshot-taken'>;

/** A deal as of the instant, with the channels on its path, the oldest first. */
export interface DealPath {
  readonly outcome: 'won' | 'lost' | 'open';
  readonly amount: string | null;
  readonly currency: string | null;
  readonly channels: readonly (string | null)[];
}

/**
 * What a data-driven model makes of these deals. Open ones are censored: counted, and in no path. A won deal without an
 * amount, or in another currency, counts as a conversion without value.
 * @param rates what the amounts were converted by: they are part of the input
 */
export function snapshotOf(
  deals: readonly DealPath[],
  rule: SnapshotRule,
  currency: string | null,
  rates: readonly UsedRate[] = [],
): Omit<Snapshot, 'model' | 'number' | 'asOf'> {
  const counters = new PathCounters(counterOptions(rule));
  const journeys = { won: 0, lost: 0, open: 0, withoutAmount: 0, otherCurrency: 0 };
  const rows = rates.map(({ from, to, day, rate: said }) => JSON.stringify(['rate', from, to, day, said]));
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
  const { parameters, weights } = channelWeights(counters, rule);
  const summed = ({ conversions, value }: PathCounters['totals']) =>
    figures({ conversions: BigInt(conversions) * UNIT, value });
  return {
    rule: rule.rule,
    parameters: { ...parameters },
    ...{ currency, ...(rates.length === 0 ? {} : { rates: [...rates] }), journeys, weights: [...weights] },
    ...{ unattributed: summed(counters.unattributed), totals: summed(counters.totals) },
    inputDigest: createHash('sha256').update(rows.sort().join('\n'), 'utf8').digest('hex'),
  };
}
