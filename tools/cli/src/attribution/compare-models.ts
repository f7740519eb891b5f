import {
  formatDecimal,
  orderedShapley,
  participation,
  pathReport,
  rateOf,
  rateShapley,
  spreadOf,
  type ChannelCredit,
  type ChannelSpread,
  type ModelSpec,
  type OrderedCredit,
  type PathCounters,
  type PathReport,
  type RateValue,
} from '@throughline/attribution';
import type { Choice } from './choice.ts';

const PERMUTATIONS = 2_000;

export interface Compared {
  readonly reports: readonly PathReport[];
  readonly spread: readonly ChannelSpread[];
  readonly participation: readonly ChannelCredit[] | null;
  readonly ordered: readonly OrderedCredit[] | null;
  readonly rates: readonly RateValue[] | null;
}

/**
 * Every chosen model over the same paths.
 * @param onProgress what is computed now, steps of it done, and how many there are, as far as is known
 */
export function compareModels(
  counters: PathCounters,
  choice: Choice,
  onProgress: (what: string, done: number, total: number) => void = () => undefined,
): Compared {
  const specs = specsOf(choice);
  const reports = specs.map((spec, at) => {
    onProgress('Models', at, specs.length);
    return pathReport(counters, spec, {
      // sweeps end when the open share is 2^-60: its logarithm falls evenly
      onProgress: (_, open) =>
        onProgress(`Order ${choice.orders.join(', ')}`, Math.round(-Math.log2(open)), 60),
    });
  });
  onProgress('Models', specs.length, specs.length);
  const has = (name: string) => choice.models.includes(name);
  return {
    reports,
    spread: spreadOf(reports),
    participation: has('participation') ? participation(counters) : null,
    ordered: has('shapley-ordered')
      ? orderedShapley(counters, pathReport(counters, { name: 'shapley' }).credits)
      : null,
    rates: has('shapley-rate')
      ? rateShapley(counters, {
          permutations: PERMUTATIONS,
          seed: choice.seed,
          onProgress: (done) => {
            if (done % 50 === 0) onProgress('Permutations', done, PERMUTATIONS);
          },
        })
      : null,
  };
}

function specsOf({ models, orders, withLost, weights, exclude }: Choice): ModelSpec[] {
  return models.flatMap((name): ModelSpec[] => {
    if (name === 'position-based') return [{ name, parameters: { ...weights } }];
    if (name === 'last-non-direct') return [{ name, parameters: { exclude } }];
    if (name === 'markov')
      return orders.map((order) => ({ name, parameters: { order, lost: withLost ? 'with' : 'without' } }));
    return ['participation', 'shapley-ordered', 'shapley-rate'].includes(name) ? [] : [{ name }];
  });
}

/** For --json: amounts as exact decimals. */
export function asJson(counters: PathCounters, rows: number, compared: Compared): unknown {
  const amount = ({ conversions, value }: { conversions: bigint; value: bigint }) => ({
    conversions: formatDecimal(conversions),
    value: formatDecimal(value),
  });
  const credit = (it: ChannelCredit) => ({ channel: it.channel, ...amount(it) });
  const { conversions, losses, value } = counters.totals;
  const { ordered, rates } = compared;
  return {
    rows,
    totals: { conversions, losses, value: formatDecimal(value) },
    models: compared.reports.map(({ model, title, credits, unattributed, removal }) => ({
      ...{ model, title, credits: credits.map(credit), unattributed: amount(unattributed) },
      ...(removal ? { removal } : {}),
    })),
    spread: compared.spread.map(({ channel, least, most, spread }) => ({
      ...{ channel, least: amount(least), most: amount(most), spread: amount(spread) },
    })),
    ...(compared.participation ? { influence: { participation: compared.participation.map(credit) } } : {}),
    ...(ordered
      ? {
          shapleyOrdered: ordered.map((it) => ({
            ...credit(it),
            positions: it.positions.map((one) => ({ position: one.position, ...amount(one) })),
          })),
        }
      : {}),
    ...(rates
      ? {
          shapleyRate: rates.map(({ channel, value: rate, standardError }) => ({
            ...{ channel, value: rateOf(rate), standardError: standardError / 1e12 },
          })),
        }
      : {}),
  };
}
