import { AttributionError } from '../attribution.error.ts';
import { markovWeights, removalEffects, type RemovalEffects } from '../model/markov.ts';
import { modelOf } from '../model/model-of.ts';
import type { ModelSpec, RuleModel } from '../model/rule-model.ts';
import { namesIn, onlyParameters, orderIn } from './path-parameters.ts';
import type { PathCounters } from './path-counters.ts';
import type { PositionRule } from './position-counts.ts';
import { byChannel, creditOf, type Amount, type ChannelCredit, type Weights } from './weights.ts';
import { UNIT } from '../exact/decimal.ts';

export interface PathReport {
  /** unique among the reports of one call: the model's name, with what tells its settings apart */
  readonly model: string;
  readonly title: string;
  /** sorted by channel; with `unattributed` they sum to the totals */
  readonly credits: readonly ChannelCredit[];
  /** of journeys without any touch */
  readonly unattributed: Amount;
  readonly totals: Amount;
  /** of Markov models only */
  readonly removal?: RemovalEffects;
}

export interface ReportOptions {
  readonly onProgress?: (done: number, open: number) => void;
}

/** Rule models that look only at where a touch stands on its path. */
const BY_POSITION = ['first', 'last', 'linear', 'position-based', 'j-shaped', 'inverse-j-shaped'];

/** Every model that paths without times can be counted for. */
export const PATH_MODELS: readonly string[] = [
  'first',
  'last',
  'last-non-direct',
  'linear',
  'linear-by-channel',
  'position-based',
  'j-shaped',
  'inverse-j-shaped',
  'shapley',
  'markov',
];

/**
 * Credit by channel under one model, of everything the counters hold.
 * @throws AttributionError on an unknown model or parameter, and on what was not counted
 */
export function pathReport(counters: PathCounters, spec: ModelSpec, options: ReportOptions = {}): PathReport {
  const channels = counters.names.length;
  if (BY_POSITION.includes(spec.name)) {
    const model = modelOf(spec);
    return report(counters, model, counters.positions.weights(ruleOf(model), channels));
  }
  switch (spec.name) {
    case 'last-non-direct': {
      const model = modelOf(spec);
      const excluded = namesIn(model.spec.parameters['exclude']);
      const counts = counters.nonDirect.find((each) => isSame(each.excluded, excluded));
      if (counts) return report(counters, model, counts.weights(channels));
      throw new AttributionError(
        'bad-parameter',
        'exclude',
        `Paths were not counted without ${excluded.join(', ')}.`,
        'Count them so.',
      );
    }
    case 'linear-by-channel':
      return report(counters, modelOf(spec), counters.distinct.weights(channels));
    case 'shapley':
      onlyParameters(spec, []);
      return report(
        counters,
        { name: 'shapley', title: 'Shapley, simplified: the same as linear per distinct channel' },
        counters.distinct.weights(channels),
      );
    case 'markov':
      return markovReport(counters, spec, options);
    default:
      throw new AttributionError(
        'unknown-model',
        'name',
        `Paths have no model ${spec.name}.`,
        `Give one of ${PATH_MODELS.join(', ')}.`,
      );
  }
}

/** What each channel took part in, whole: an influence, whose rows sum to more than there is. Sorted by channel. */
export function participation(counters: PathCounters): ChannelCredit[] {
  const { conversions, value } = counters.distinct.participation(counters.names.length);
  return counters
    .present()
    .map((number) => ({
      channel: counters.names[number] as string,
      conversions: (conversions[number] as bigint) * UNIT,
      value: value[number] as bigint,
    }))
    .sort(byChannel);
}

function markovReport(counters: PathCounters, spec: ModelSpec, { onProgress }: ReportOptions): PathReport {
  onlyParameters(spec, ['order', 'lost']);
  const { order, withLost } = orderIn(spec);
  const removal = removalEffects(counters, { order, withLost, ...(onProgress ? { onProgress } : {}) });
  const model = {
    name: `markov-${order}${withLost ? '' : '-without-lost'}`,
    title: `Markov removal effect, order ${order}${withLost ? '' : ', without lost journeys'}`,
  };
  return { ...report(counters, model, markovWeights(counters, removal)), removal };
}

function report(
  counters: PathCounters,
  model: { name: string; title: string },
  weights: Weights,
): PathReport {
  const amount = ({ conversions, value }: { conversions: number; value: bigint }) => ({
    conversions: BigInt(conversions) * UNIT,
    value,
  });
  return {
    model: model.name,
    title: model.title,
    credits: creditOf(counters.names, counters.present(), weights, counters.attributed),
    unattributed: amount(counters.unattributed),
    totals: amount(counters.totals),
  };
}

/** What the model gives on a path of n channels, all different. */
function ruleOf(model: RuleModel): PositionRule {
  return (touches) => {
    const weights = model.weights({
      touches: Array.from({ length: touches }, (_, at) => ({ id: `${at}`, at, channel: `${at}` })),
      closedAt: touches,
      milestones: { lead: null, opportunity: null },
    });
    const [first = 0n, middle = 0n] = weights;
    const under = weights.reduce((all, weight) => all + weight, 0n);
    return { first, middle, last: weights.at(-1) ?? 0n, under };
  };
}

const isSame = (one: ReadonlySet<string>, other: readonly string[]) =>
  one.size === new Set(other).size && other.every((name) => one.has(name));
