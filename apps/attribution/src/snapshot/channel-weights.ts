import {
  apportionSigned,
  formatDecimal,
  generalCredit,
  generalCreditErrors,
  generalShapley,
  orderedShapley,
  pathReport,
  proportions,
  type Amount,
  type OrderedCredit,
  type PathCounters,
  type PathReport,
} from '@throughline/attribution';
import type { EventData } from '@throughline/contracts';
import type { SnapshotRule } from './snapshot-rule.ts';

type Weight = EventData<'credit.snapshot-taken'>['weights'][number];

export interface ChannelWeights {
  readonly parameters: Readonly<Record<string, string>>;
  readonly weights: readonly Weight[];
}

/** Places on a path that are told, and over all channels together: an event has an end. */
const MOST_PLACES = 50;
const MOST_TOLD = 10_000;

/** What has to be counted for a rule. */
export function counterOptions(rule: SnapshotRule) {
  return {
    orders: rule.rule === 'markov' ? [rule.order] : [],
    ordered: rule.rule === 'shapley-ordered',
    sets: rule.rule === 'shapley-general',
  };
}

/**
 * A weight and the credit of each channel: removal effects of Markov, else Shapley values. Credits sum to what the
 * channels share.
 */
export function channelWeights(counters: PathCounters, rule: SnapshotRule): ChannelWeights {
  if (rule.rule === 'markov') {
    const { order, lost } = rule;
    const { credits, removal } = pathReport(counters, { name: 'markov', parameters: { order, lost } });
    return { parameters: { order: String(order), lost }, weights: removalWeights(credits, removal) };
  }
  if (rule.rule === 'shapley-general') return generalWeights(counters, rule);
  const { credits } = pathReport(counters, { name: 'shapley' });
  if (rule.rule === 'shapley') return { parameters: {}, weights: credits.map(weighed) };
  return orderedWeights(orderedShapley(counters, credits));
}

/** Of a Shapley value that is credit itself. */
function weighed({ channel, conversions, value }: PathReport['credits'][number]): Weight {
  return { channel, weight: formatDecimal(conversions), ...figures({ conversions, value }) };
}

function removalWeights(credits: PathReport['credits'], removal: PathReport['removal']): readonly Weight[] {
  const effects = new Map(removal?.effects.map(({ channel, conversions }) => [channel, conversions]));
  return credits.map((credit) => ({ ...weighed(credit), weight: decimal(effects.get(credit.channel) ?? 0) }));
}

/** The last place that is told stands for all that come after it. */
function orderedWeights(ordered: readonly OrderedCredit[]): ChannelWeights {
  const most = Math.max(1, Math.min(MOST_PLACES, Math.floor(MOST_TOLD / Math.max(ordered.length, 1))));
  const weights = ordered.map(({ positions, ...credit }) => {
    const byPlace = Map.groupBy(positions, ({ position }) => Math.min(position, most));
    const places = [...byPlace].map(([place, all]) => ({ place, ...figures(sumOf(all)) }));
    return { ...weighed(credit), places };
  });
  return { parameters: { places: String(most) }, weights };
}

function generalWeights(
  counters: PathCounters,
  { game, permutations, seed }: Extract<SnapshotRule, { rule: 'shapley-general' }>,
): ChannelWeights {
  const general = generalShapley(counters, { game, permutations, seed });
  const { method, whole, values } = general;
  const weights = apportionSigned(whole.conversions, proportions(values.map((it) => it.conversions)));
  const errors = generalCreditErrors(counters, general);
  const errorOf = (at: number): Pick<Weight, 'standardError'> => ({
    standardError: {
      weight: decimal((values[at]?.standardError.conversions ?? 0) / 1e12),
      conversions: decimal(errors[at]?.conversions ?? 0),
      value: decimal(errors[at]?.value ?? 0),
    },
  });
  return {
    parameters:
      method === 'sampled'
        ? { game, method, permutations: String(permutations), seed: String(seed) }
        : { game, method },
    weights: generalCredit(counters, general).map((credit, at) => ({
      ...weighed(credit),
      weight: formatDecimal(weights[at] ?? 0n),
      ...(method === 'sampled' ? errorOf(at) : {}),
    })),
  };
}

export function figures({ conversions, value }: Amount): Pick<Weight, 'conversions' | 'value'> {
  return { conversions: formatDecimal(conversions), value: Number(value) };
}

function sumOf(all: readonly Amount[]): Amount {
  return {
    conversions: all.reduce((so, it) => so + it.conversions, 0n),
    value: all.reduce((so, it) => so + it.value, 0n),
  };
}

/** A double as a decimal of 12 places at most. */
function decimal(number: number): string {
  return number.toFixed(12).replace(/\.?0+$/, '');
}
