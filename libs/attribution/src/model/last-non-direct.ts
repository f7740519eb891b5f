import { names } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Last touch outside a set of channels: w(i) = 1 at the last i whose channel is not excluded. Where every touch is
 * excluded, the last one takes it.
 *
 * Source: Google Analytics, "last non-direct click". Where all is direct, the channel totals of DP6's multi-channel
 * attribution model give the last touch too; its journey output gives the first, which is not done here.
 */
export const lastNonDirect = ruleModel({
  name: 'last-non-direct',
  title: 'Last non-direct touch',
  parameters: { exclude: names(['direct']) },
  weights:
    ({ exclude }) =>
    ({ touches }) => {
      const counted = touches.findLastIndex(({ channel }) => !exclude.includes(channel));
      const place = counted < 0 ? touches.length - 1 : counted;
      return touches.map((_, i) => (i === place ? 1n : 0n));
    },
});
