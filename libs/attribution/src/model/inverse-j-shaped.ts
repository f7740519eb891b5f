import { choice } from './parameter.ts';
import { byPosition, PAIR } from './position-weights.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Inverse J-shaped: w(1) = 60, w(n) = 20, 20/(n-2) each between; two touches are 75/25, or 70/30 under `split-middle`.
 *
 * Source: Adobe Analytics, "inverse J".
 */
export const inverseJShaped = ruleModel({
  name: 'inverse-j-shaped',
  title: 'Inverse J-shaped',
  parameters: { pair: choice(PAIR, 'renormalise') },
  weights: ({ pair }) => byPosition({ first: 60n, middle: 20n, last: 20n, pair }),
});
