import { ruleModel } from './rule-model.ts';

/**
 * Last touch: w(n) = 1, all others 0.
 *
 * Source: the default of most analytics products; Google Analytics and Adobe Analytics define it alike.
 */
export const last = ruleModel({
  name: 'last',
  title: 'Last touch',
  parameters: {},
  weights: () => (journey) => journey.touches.map((_, i) => (i === journey.touches.length - 1 ? 1n : 0n)),
});
