import { choice } from './parameter.ts';
import { byPosition, PAIR } from './position-weights.ts';
import { ruleModel } from './rule-model.ts';

/**
 * J-shaped: w(1) = 20, w(n) = 60, 20/(n-2) each between; two touches are 25/75, or 30/70 under `split-middle`.
 *
 * Source: Adobe Analytics, "J curve".
 */
export const jShaped = ruleModel({
  name: 'j-shaped',
  title: 'J-shaped',
  parameters: { pair: choice(PAIR, 'renormalise') },
  weights: ({ pair }) => byPosition({ first: 20n, middle: 20n, last: 60n, pair }),
});
