import { refusal } from '../attribution.error.ts';
import { endOfMoment, type Deal } from '../credit/deal.state.ts';
import type { RatesTo } from './rates-to.ts';

type Worth = Pick<Deal, 'outcome' | 'amount' | 'currency' | 'closed'>;

/**
 * A deal with its amount in the currency of the rates: one that closed by the rate at the end of its close, an open one
 * by that of now. Unknown stays unknown, and so is what a close that nobody dated is worth in another currency. Where
 * no rate stands the amount stays in its own currency. An answer tells it as text: it may be more than a number is exact for.
 */
export function toldInCurrency<D extends Worth>(deal: D, rates: RatesTo, now: number): D {
  const { outcome, amount, currency, closed } = deal;
  if (amount === null || currency === null || currency === rates.currency) return deal;
  const at = outcome === 'open' ? now : endOfMoment(closed);
  if (at === null) return { ...deal, amount: null, currency: null };
  const converted = rates.convert(amount, currency, at);
  return converted === null ? deal : { ...deal, amount: converted, currency: rates.currency };
}

const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * As `toldInCurrency`, to compute credit of it.
 * @throws ProblemError naming a deal that is worth more than credit is computed of exactly
 */
export function inCurrency<D extends Worth & Pick<Deal, 'opportunity'>>(
  deal: D,
  rates: RatesTo,
  now: number,
): D {
  const worth = toldInCurrency(deal, rates, now);
  if (worth.amount === null || (worth.amount <= MOST && worth.amount >= -MOST)) return worth;
  throw refusal(
    'parameter-invalid',
    `${deal.opportunity} is worth ${worth.amount} minor units of ${rates.currency}; credit is computed of ${MOST} at most.`,
    {
      field: 'currency',
      remedy: 'Ask in a currency of larger units, or correct the amount of this deal or the rate.',
    },
  );
}
