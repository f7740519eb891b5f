import { AttributionError } from '../attribution.error.ts';
import { markovWeights, removalEffects, type RemovalEffects } from '../model/markov.ts';
import { modelOf } from '../model/model-of.ts';
import type { ModelSpec, RuleModel } from '../model/rule-model.ts';
import {
  generalCredit,
  generalCreditErrors,
  generalShapley,
  type GameValue,
  type GeneralShapley,
} from '../model/shapley-general.ts';
import { BY_POSITION, CUSTOM, noSuchModel } from './path-models.ts';
import { gameIn, namesIn, orderIn, withoutParameters } from './path-parameters.ts';
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
  /** of journeys without any touch, and of those that a custom model gives to none of */
  readonly unattributed: Amount;
  readonly totals: Amount;
  /** of Markov models only */
  readonly removal?: RemovalEffects;
  /** of general Shapley values only; credit is in proportion to them, negative where one is */
  readonly general?: GeneralShapley & {
    /** of the credits, in conversions and in the unit of the rows; 0 where they are exact */
    readonly creditErrors: readonly GameValue<number>[];
  };
}

export interface ReportOptions {
  /** of Markov: sweeps or channels done, and the share still open */
  readonly onProgress?: (done: number, open: number) => void;
  /** of sampled Shapley values: permutations done */
  readonly onPermutation?: (done: number) => void;
}

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
  if (CUSTOM.includes(spec.name)) return customReport(counters, modelOf(spec));
  switch (spec.name) {
    case 'last-non-direct': {
      const model = modelOf(spec);
      const excluded = namesIn(model);
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
      withoutParameters(spec);
      return report(
        counters,
        { name: 'shapley', title: 'Shapley, simplified: the same as linear per distinct channel' },
        counters.distinct.weights(channels),
      );
    case 'markov':
      return markovReport(counters, spec, options);
    case 'shapley-general':
      return generalReport(counters, spec, options);
    default:
      throw noSuchModel(spec.name);
  }
}

/** What each channel took part in, whole: an influence, whose rows sum to more than there is. Sorted by channel. */
export function participation(counters: PathCounters): ChannelCredit[] {
  return influenceOf(counters, counters.distinct.participation(counters.names.length));
}

/** The same for each of its touches: a channel with three touches on a path has the conversion three times. */
export function uniform(counters: PathCounters): ChannelCredit[] {
  const whole = { first: 1n, middle: 1n, last: 1n, under: 1n };
  return influenceOf(
    counters,
    counters.positions.weights(() => whole, counters.names.length),
  );
}

function influenceOf(counters: PathCounters, { conversions, value }: Weights): ChannelCredit[] {
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
  const { order, withLost } = orderIn(spec);
  const removal = removalEffects(counters, { order, withLost, ...(onProgress ? { onProgress } : {}) });
  const model = {
    name: `markov-${order}${withLost ? '' : '-without-lost'}`,
    title: `Markov removal effect, order ${order}${withLost ? '' : ', without lost journeys'}`,
  };
  return { ...report(counters, model, markovWeights(counters, removal)), removal };
}

function generalReport(
  counters: PathCounters,
  spec: ModelSpec,
  { onPermutation }: ReportOptions,
): PathReport {
  const settings = gameIn(spec);
  const general = generalShapley(counters, {
    ...settings,
    ...(onPermutation ? { onProgress: onPermutation } : {}),
  });
  const model = {
    name: `shapley-general-${settings.game}`,
    title: `Shapley, of the ${settings.game} of coalitions, ${general.method}`,
  };
  return {
    ...framed(counters, model),
    credits: generalCredit(counters, general),
    general: { ...general, creditErrors: generalCreditErrors(counters, general) },
  };
}

/** Paths that the model gives to no touch of are unattributed too. */
function customReport(counters: PathCounters, model: RuleModel): PathReport {
  const { paths, names, attributed, unattributed } = counters;
  if (paths === null)
    throw new AttributionError(
      'bad-parameter',
      'name',
      'Whole paths were not kept, which custom models need.',
      'Count them with `paths`.',
    );
  const { unpaid, ...weights } = paths.weights(model, names);
  return {
    ...framed(counters, model),
    credits: creditOf(names, counters.present(), weights, {
      conversions: attributed.conversions - unpaid.conversions,
      value: attributed.value - unpaid.value,
    }),
    unattributed: amountOf({
      conversions: unattributed.conversions + unpaid.conversions,
      value: unattributed.value + unpaid.value,
    }),
  };
}

function report(counters: PathCounters, model: Named, weights: Weights): PathReport {
  const { names, attributed } = counters;
  return {
    ...framed(counters, model),
    credits: creditOf(names, counters.present(), weights, attributed),
  };
}

interface Named {
  readonly name: string;
  readonly title: string;
}

function framed({ unattributed, totals }: PathCounters, { name, title }: Named) {
  return { model: name, title, unattributed: amountOf(unattributed), totals: amountOf(totals) };
}

const amountOf = ({ conversions, value }: { conversions: number; value: bigint }): Amount => ({
  conversions: BigInt(conversions) * UNIT,
  value,
});

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
