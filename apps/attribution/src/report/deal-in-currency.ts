import { apportion, tieRank } from '@throughline/attribution';
import type { Queryable } from '@throughline/postgres';
import type { Credit, Deal } from '../credit/deal.state.ts';
import { toldInCurrency } from '../rate/in-currency.ts';
import { refuseUnconverted } from '../rate/missing-rate.ts';
import { RatesTo, type UsedRate } from '../rate/rates-to.ts';

/** What a deal is worth in one currency. */
export interface WorthIn {
  /** minor units; null: not known */
  readonly amount: string | null;
  readonly currency: string | null;
  /** null: nothing was converted */
  readonly rate: UsedRate | null;
  /** the amounts of a credit, dealt anew over the one that was converted; where none was, as they were said */
  dealt(said: Credit): DealtAnew;
}

/** A credit with its amounts as text: in another currency they may be more than a number is exact for. */
interface DealtAnew {
  readonly amount: { readonly amount: string; readonly currency: string | null } | null;
  readonly shares: readonly Told<Credit['shares'][number]>[];
  readonly unattributed: Told<Credit['unattributed']>;
}
type Told<P extends { readonly amount: number | null }> = Omit<P, 'amount'> & {
  readonly amount: string | null;
};

/** @throws ProblemError `missing-rate` */
export async function worthIn(db: Queryable, deal: Deal, to: string, now: Date): Promise<WorthIn> {
  const rates = await RatesTo.read(db, to);
  const { opportunity, outcome, closed } = deal;
  const of = (amount: bigint | null, currency: string | null) =>
    toldInCurrency({ outcome, closed, amount, currency }, rates, now.getTime());
  const { amount, currency } = of(deal.amount, deal.currency);
  if (currency !== null && currency !== to) {
    await refuseUnconverted(db, { rates, now }, [{ opportunity, currency }]);
  }
  const [rate = null] = rates.used;
  return {
    ...{ amount: amount === null ? null : String(amount), currency, rate },
    dealt(said) {
      const { shares, unattributed } = said;
      const own = { amount: amountOf(said.amount), currency: said.amount?.currency ?? null };
      const worth = of(own.amount, own.currency);
      const parts = [...shares, unattributed].map(amountOf);
      const dealt =
        own.currency === worth.currency ? parts : dealtAnew(said, parts, own.amount, worth.amount);
      const told = (at: number) => dealt[at]?.toString() ?? null;
      return {
        amount: worth.amount === null ? null : { amount: String(worth.amount), currency: worth.currency },
        shares: shares.map((share, at) => ({ ...share, amount: told(at) })),
        unattributed: { ...unattributed, amount: told(shares.length) },
      };
    },
  };
}

function amountOf(part: { readonly amount: number | null } | null): bigint | null {
  return part === null || part.amount === null ? null : BigInt(part.amount);
}

/**
 * By the largest remainders of the published shares. Equal remainders are ranked by a fixed hash of deal and touch.
 * @param parts of `whole`, that of what no touch deserves last
 */
function dealtAnew(
  { opportunity, shares }: Credit,
  parts: readonly (bigint | null)[],
  whole: bigint | null,
  worth: bigint | null,
): readonly (bigint | null)[] {
  if (worth === null) return parts.map(() => null);
  if (whole === null || whole <= 0n) return parts.map((_, at) => (at === parts.length - 1 ? worth : 0n));
  return apportion(
    worth,
    parts.map((part) => part ?? 0n),
    tieRank(opportunity, (at) => shares[at]?.touch ?? ''),
  );
}
