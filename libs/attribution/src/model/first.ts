import { ruleModel } from './rule-model.ts';

/**
 * First touch: w(1) = 1, all others 0.
 *
 * Source: the oldest of the single-touch rules; Google Analytics and Adobe Analytics define it alike.
 */
export const first = ruleModel({
  name: 'first',
  title: 'First touch',
  parameters: {},
  weights: () => (journey) => journey.touches.map((_, i) => (i === 0 ? 1n : 0n)),
});
