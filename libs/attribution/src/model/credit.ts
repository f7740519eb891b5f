import { AttributionError } from '../attribution.error.ts';
import { apportion } from '../exact/apportion.ts';
import type { Journey } from '../journey/journey.ts';
import type { RuleModel } from './rule-model.ts';

/** What one conversion is worth, dealt out. `shares` and `unattributed` sum to the amount, to the unit. */
export interface Credit {
  /** one a touch, in the journey's order, in the units of the amount */
  readonly shares: readonly bigint[];
  /** what no touch deserves: the whole amount, or nothing */
  readonly unattributed: bigint;
}

/**
 * Deals an amount out by a model's weights, by largest remainder; of equal remainders the earlier touch gets the unit.
 * Another amount is another division by the same weights: it never moves credit from touch to touch.
 * @param amount in any integer unit: cents, 1e-12 of a conversion
 * @throws AttributionError `negative-amount`
 */
export function credit(journey: Journey, model: RuleModel, amount: bigint): Credit {
  if (amount < 0n) {
    const remedy = 'Correct the amount, or take the deal out; a refund is an amount that changed.';
    throw new AttributionError('negative-amount', 'amount', 'An amount below 0 cannot be credited.', remedy);
  }
  const weights = model.weights(journey);
  if (weights.every((weight) => weight === 0n)) {
    return { shares: weights.map(() => 0n), unattributed: amount };
  }
  return { shares: apportion(amount, weights), unattributed: 0n };
}
