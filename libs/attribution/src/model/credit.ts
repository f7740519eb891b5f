import { AttributionError } from '../attribution.error.ts';
import { apportion } from '../exact/apportion.ts';
import { tieRank } from '../exact/tie-rank.ts';
import type { Journey } from '../journey/journey.ts';
import type { RuleModel } from './rule-model.ts';

/** What one conversion is worth, dealt out. `shares` and `unattributed` sum to the amount, to the unit. */
export interface Credit {
  /** one a touch, in the journey's order, in the units of the amount */
  readonly shares: readonly bigint[];
  /** what no touch deserves: the whole amount, nothing, or the part of milestones that no touch qualifies for */
  readonly unattributed: bigint;
}

/**
 * Deals an amount out by a model's weights, by largest remainder. Of equal remainders a fixed hash of the conversion and
 * the touch decides who gets the unit, so that over many deals no place of the path is favoured. Another amount is another
 * division by the same weights: it never moves credit from touch to touch.
 * @param amount in any integer unit: cents, 1e-12 of a conversion
 * @param conversion the id of the deal; without one the earlier touch gets the unit
 * @throws AttributionError `negative-amount`
 */
export function credit(journey: Journey, model: RuleModel, amount: bigint, conversion?: string): Credit {
  if (amount < 0n) {
    const remedy = 'Correct the amount, or take the deal out; a refund is an amount that changed.';
    throw new AttributionError('negative-amount', 'amount', 'An amount below 0 cannot be credited.', remedy);
  }
  const weights = [...model.weights(journey), model.rest?.(journey) ?? 0n];
  if (weights.every((weight) => weight === 0n)) {
    return { shares: journey.touches.map(() => 0n), unattributed: amount };
  }
  const rankOf = conversion === undefined ? undefined : ranksOf(journey, conversion);
  const parts = apportion(amount, weights, rankOf);
  return { shares: parts.slice(0, -1), unattributed: parts.at(-1) ?? 0n };
}

/** A journey is dealt under many models, and twice under each: what its touches rank is computed once. */
const known = new WeakMap<object, { readonly conversion: string; readonly rankOf: (at: number) => string }>();

function ranksOf({ touches }: Journey, conversion: string): (at: number) => string {
  const before = known.get(touches);
  if (before?.conversion === conversion) return before.rankOf;
  const rankOf = tieRank(conversion, (place) => touches[place]?.id ?? '');
  known.set(touches, { conversion, rankOf });
  return rankOf;
}
