import { AttributionError } from '../attribution.error.ts';
import { customByChannelAndPlace } from './custom-by-channel-and-place.ts';
import { customByChannel } from './custom-by-channel.ts';
import { customByPosition } from './custom-by-position.ts';
import { customByStage } from './custom-by-stage.ts';
import { first } from './first.ts';
import { fullPath } from './full-path.ts';
import { inverseJShaped } from './inverse-j-shaped.ts';
import { jShaped } from './j-shaped.ts';
import { lastNonDirect } from './last-non-direct.ts';
import { last } from './last.ts';
import { linearByChannel } from './linear-by-channel.ts';
import { linear } from './linear.ts';
import { positionBased } from './position-based.ts';
import type { ModelSpec, RuleModel, RuleModelDefinition } from './rule-model.ts';
import { timeDecay } from './time-decay.ts';
import { uShaped404020 } from './u-shaped-40-40-20.ts';
import { uShaped5050 } from './u-shaped-50-50.ts';
import { wShaped } from './w-shaped.ts';

/** Every rule model there is. */
export const RULE_MODELS: readonly RuleModelDefinition[] = [
  first,
  last,
  lastNonDirect,
  linear,
  linearByChannel,
  positionBased,
  jShaped,
  inverseJShaped,
  timeDecay,
  uShaped5050,
  uShaped404020,
  wShaped,
  fullPath,
  customByPosition,
  customByStage,
  customByChannel,
  customByChannelAndPlace,
];

/** By the parameters they were made of: a report asks for the same model once a deal, and reading some takes long. */
const made = new WeakMap<object, RuleModel>();

/**
 * @param spec its parameters are not changed afterwards
 * @returns the model, set as asked; of equal specs two that give the same credit
 * @throws AttributionError `unknown-model`, `unknown-parameter`, `bad-parameter`, `bad-weights`
 */
export function modelOf({ name, parameters = {} }: ModelSpec): RuleModel {
  const before = made.get(parameters);
  if (before?.name === name) return before;
  const definition = RULE_MODELS.find((it) => it.name === name);
  if (definition) {
    const model = definition.make(parameters);
    made.set(parameters, model);
    return model;
  }
  const remedy = `Give one of ${RULE_MODELS.map((it) => it.name).join(', ')}.`;
  throw new AttributionError('unknown-model', 'name', 'There is no such rule model.', remedy);
}
