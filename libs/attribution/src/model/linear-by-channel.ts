import { onePerChannel } from './repeats.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Linear per distinct channel: w(i) = 1/(d r), with d distinct channels on the path and r touches of this one.
 *
 * Source: the "linear" of mta; by channel it equals the simplified Shapley value (Zhao et al., 2018).
 */
export const linearByChannel = ruleModel({
  name: 'linear-by-channel',
  title: 'Linear per distinct channel',
  parameters: {},
  weights: () => (journey) => onePerChannel(journey.touches),
});
