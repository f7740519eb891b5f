import { passedOver } from '../journey/direct.ts';
import { names } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Last touch outside a set of channels: w(i) = 1 at the last i that is not passed over (see `passedOver`: `direct` stands
 * for every way to write it, and a touch without a channel is passed over too). Where every touch is, the last one takes
 * it.
 *
 * Source: Google Analytics, "last non-direct click", which ignores direct visits unless the whole path is direct, and
 * then gives all to direct: here to its last touch. DP6's journey output gives it to the first, which is not done here.
 */
export const lastNonDirect = ruleModel({
  name: 'last-non-direct',
  title: 'Last non-direct touch',
  parameters: { exclude: names(['direct']) },
  weights: ({ exclude }) => {
    const isPassedOver = passedOver(exclude);
    return ({ touches }) => {
      const counted = touches.findLastIndex(({ channel }) => !isPassedOver(channel));
      const place = counted < 0 ? touches.length - 1 : counted;
      return touches.map((_, i) => (i === place ? 1n : 0n));
    };
  },
});
