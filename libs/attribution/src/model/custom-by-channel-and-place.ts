import { checkWeights, weight, weightsByPlace } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Custom by channel and place: w(i) = the weight of the channel of touch i at place i of the path, counted from the
 * first; the last weight of a channel stands for every later place. Channels that are not named have `other`. Where no
 * touch of the path weighs anything, nothing is credited.
 *
 * With ordered Shapley values (Zhao, Mahboobi, Bagheri 2018) as weights this is the credit per deal of that model:
 * amount × weight of the touch's channel at its place ÷ such weights on the path. A channel that comes twice has the
 * weight of each of its places; nothing is split. It need not add up to that model's channel report.
 */
export const customByChannelAndPlace = ruleModel({
  name: 'custom-by-channel-and-place',
  title: 'Custom by channel and place',
  parameters: { places: weightsByPlace(), other: weight('0') },
  weights: ({ places, other }) => {
    checkWeights('places, other', [...[...places.values()].flat(), other]);
    return ({ touches }) =>
      touches.map(({ channel }, at) => {
        const own = places.get(channel);
        return own?.[at] ?? own?.at(-1) ?? other;
      });
  },
});
