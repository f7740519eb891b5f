import { AttributionError } from '../attribution.error.ts';
import { modelOf, RULE_MODELS } from '../model/model-of.ts';
import type { ModelSpec } from '../model/rule-model.ts';
import type { CounterOptions } from './path-counters.ts';
import { gameIn, namesIn, orderIn, withoutParameters } from './path-parameters.ts';

/** Rule models that look only at where a touch stands on its path. */
export const BY_POSITION: readonly string[] = [
  'first',
  'last',
  'linear',
  'position-based',
  'j-shaped',
  'inverse-j-shaped',
];

/** Custom models: their weights have to be told, and the counters have to keep whole paths. */
export const CUSTOM: readonly string[] = [
  'custom-by-position',
  'custom-by-channel',
  'custom-by-channel-and-place',
];

/** Every model that paths without times can be counted for, and that has a usual setting. */
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

/** Those that are shown when they are asked for: of one's own weights, or of a game that suits few questions. */
export const PATH_MODELS_ON_REQUEST: readonly string[] = [...CUSTOM, 'shapley-general'];

/**
 * What has to be counted for these models.
 * @throws AttributionError `unknown-model`, `unknown-parameter`, `bad-parameter`, `bad-weights`, before anything is counted
 */
export function countersFor(specs: readonly ModelSpec[]): CounterOptions {
  const orders = new Set<number>();
  const exclusions: ReadonlySet<string>[] = [];
  for (const spec of specs) {
    if (spec.name === 'markov') orders.add(orderIn(spec).order);
    else if (spec.name === 'shapley') withoutParameters(spec);
    else if (spec.name === 'shapley-general') gameIn(spec);
    else if (spec.name === 'last-non-direct') exclusions.push(new Set(namesIn(modelOf(spec))));
    else if ([...PATH_MODELS, ...CUSTOM].includes(spec.name)) modelOf(spec);
    else throw noSuchModel(spec.name);
  }
  return {
    orders: [...orders],
    exclusions,
    sets: specs.some(({ name }) => name === 'shapley-general'),
    paths: specs.some(({ name }) => CUSTOM.includes(name)),
  };
}

/** Why paths have no such model. */
export function noSuchModel(name: string): AttributionError {
  const isOfTimes = RULE_MODELS.some((model) => model.name === name);
  return new AttributionError(
    'unknown-model',
    'name',
    isOfTimes
      ? `${name} looks at when touches were or at milestones, which paths do not tell.`
      : `Paths have no model ${name}.`,
    `Give one of ${[...PATH_MODELS, ...PATH_MODELS_ON_REQUEST].join(', ')}.`,
  );
}
