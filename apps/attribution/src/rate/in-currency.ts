import { endOfMoment, type Deal } from '../credit/deal.state.ts';
import type { RatesTo } from './rates-to.ts';

/**
 * A deal with its amount in the currency of the rates: one that closed by the rate at the end of its close, an open one
 * by that of now. Unknown stays unknown, and so is what a close that nobody dated is worth in another currency. Where
 * no rate stands the amount stays in its own currency.
 * @throws ProblemError where that is more than can be told exactly
 */
export function inCurrency<D extends Pick<Deal, 'outcome' | 'amount' | 'currency' | 'closed'>>(
  deal: D,
  rates: RatesTo,
  now: number,
): D {
  const { outcome, amount, currency, closed } = deal;
  if (amount === null || currency === null || currency === rates.currency) return deal;
  const at = outcome === 'open' ? now : endOfMoment(closed);
  if (at === null) return { ...deal, amount: null, currency: null };
  const converted = rates.convert(amount, currency, at);
  return converted === null ? deal : { ...deal, amount: converted, currency: rates.currency };
}
