import { AttributionError } from '../attribution.error.ts';
import type { Fraction } from '../exact/fraction.ts';
import { endOf, type Conversion } from './journey.ts';
import { convert, roundedTimes, type Money, type Rate } from './money.ts';

/**
 * What the credit of a deal is a share of. Three reports of one credit: the amount weighs the deal, never the touches.
 *
 * - `count`: 1 for a won deal.
 * - `revenue`: the closed amount of a won deal, converted at its close.
 * - `pipeline`: the amount of an open deal × the probability of its stage, converted at the instant asked for.
 */
export const MEASURES = ['count', 'revenue', 'pipeline'] as const;
export type Measure = (typeof MEASURES)[number];

/** A deal with what it is worth; null: not known, which is not 0. */
export interface Deal extends Conversion {
  readonly amount: Money | null;
  readonly stage: string | null;
}

export interface WorthRules {
  readonly asOf: number;
  readonly currency: string;
  readonly rates: readonly Rate[];
  /** by stage, from 0 to 1 */
  readonly probabilities: ReadonlyMap<string, Fraction>;
}

/** `none`: the deal has no part in this measure, as an open one in revenue; `unknown`: it has, but nobody knows which. */
export type Worth =
  { readonly is: 'known'; readonly amount: bigint } | { readonly is: 'unknown' } | { readonly is: 'none' };

const NONE: Worth = { is: 'none' };

/**
 * @returns minor units of the currency asked for, each deal rounded once; for `count` deals. A lost deal is worth 0
 * @throws AttributionError `negative-amount`, `missing-rate`, `bad-rate`, `missing-probability`, `bad-probability`
 */
export function worthOf(deal: Deal, measure: Measure, rules: WorthRules): Worth {
  switch (measure) {
    case 'count':
      return deal.outcome === 'open' ? NONE : known(deal.outcome === 'won' ? 1n : 0n);
    case 'revenue':
      if (deal.outcome === 'open') return NONE;
      if (deal.outcome === 'lost') return known(0n);
      return deal.amount ? known(inCurrency(deal.amount, endOf(deal, rules.asOf), rules)) : { is: 'unknown' };
    case 'pipeline':
      if (deal.outcome !== 'open') return NONE;
      if (!deal.amount || deal.stage === null) return { is: 'unknown' };
      return known(
        roundedTimes(inCurrency(deal.amount, rules.asOf, rules), probabilityOf(deal.stage, rules)),
      );
  }
}

function inCurrency(money: Money, at: number, { currency, rates }: WorthRules): bigint {
  if (money.amount >= 0n) return convert(money, currency, at, rates);
  const remedy = 'Correct the amount, or take the deal out.';
  throw new AttributionError('negative-amount', 'amount', 'An amount below 0 cannot be credited.', remedy);
}

function probabilityOf(stage: string, { probabilities }: WorthRules): Fraction {
  const field = `probabilities.${stage}`;
  const found = probabilities.get(stage);
  if (!found) {
    const remedy = 'Give one, as an exact fraction from 0 to 1.';
    throw new AttributionError('missing-probability', field, 'The stage has no probability.', remedy);
  }
  if (found.over < 0n || found.under <= 0n || found.over > found.under) {
    const remedy = 'Give an exact fraction from 0 to 1.';
    throw new AttributionError('bad-probability', field, 'This is no probability.', remedy);
  }
  return found;
}

function known(amount: bigint): Worth {
  return { is: 'known', amount };
}
