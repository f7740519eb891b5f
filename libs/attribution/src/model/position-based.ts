import { checkWeights, choice, weight } from './parameter.ts';
import { byPosition, PAIR } from './position-weights.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Position-based, by order: w(1) = first, w(n) = last, w(i) = middle/(n-2) between; one touch takes all, two see `pair`.
 * A channel that is first and last gets both. 0/0/1 is last touch, 1/0/0 first touch.
 *
 * Source: Google Analytics, Adobe Analytics, Snowplow, at 40/20/40. Not to be mixed with U-shaped, which is by milestone.
 */
export const positionBased = ruleModel({
  name: 'position-based',
  title: 'Position-based',
  parameters: {
    first: weight('40'),
    middle: weight('20'),
    last: weight('40'),
    pair: choice(PAIR, 'renormalise'),
  },
  weights: (shares) => {
    checkWeights('first, middle, last', [shares.first, shares.middle, shares.last]);
    return byPosition(shares);
  },
});
