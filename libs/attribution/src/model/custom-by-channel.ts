import { checkWeights, choice, weight, weightsByName } from './parameter.ts';
import { onePerChannel } from './repeats.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Custom by channel: w(i) = the weight of its channel, `other` for channels that are not named. Of a channel that comes
 * r times `each` touch gets that weight (r times in all), or they `split` it (1/r each). Where no channel of the path
 * weighs anything, nothing is credited.
 *
 * With removal effects or Shapley values as weights and `split` this is the credit per deal of a data-driven model:
 * amount × weight of the channel ÷ weights on the path (DP6's rule); it need not add up to that model's channel report.
 */
export const customByChannel = ruleModel({
  name: 'custom-by-channel',
  title: 'Custom by channel',
  parameters: {
    channels: weightsByName(),
    other: weight('0'),
    repeats: choice(['each', 'split'], 'each'),
  },
  weights: ({ channels, other, repeats }) => {
    checkWeights('channels, other', [...channels.values(), other]);
    return ({ touches }) => {
      const parts = repeats === 'split' ? onePerChannel(touches) : touches.map(() => 1n);
      return touches.map(({ channel }, i) => (channels.get(channel) ?? other) * (parts[i] ?? 1n));
    };
  },
});
