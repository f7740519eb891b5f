import { apportion } from '@throughline/attribution';
import type { Queryable } from '@throughline/postgres';
import type { Credit, Deal } from '../credit/deal.state.ts';
import { inCurrency } from '../rate/in-currency.ts';
import { refuseUnconverted } from '../rate/missing-rate.ts';
import { RatesTo, type UsedRate } from '../rate/rates-to.ts';

/** What a deal is worth in one currency. */
export interface WorthIn {
  /** minor units; null: not known */
  readonly amount: string | null;
  readonly currency: string | null;
  /** null: nothing was converted */
  readonly rate: UsedRate | null;
  /** a credit as it was said, its amounts dealt anew over the one that was converted */
  dealt(said: Credit): Pick<Credit, 'amount' | 'shares' | 'unattributed'>;
}

/** @throws ProblemError `missing-rate` */
export async function worthIn(db: Queryable, deal: Deal, to: string, now: Date): Promise<WorthIn> {
  const rates = await RatesTo.read(db, to);
  const { opportunity, outcome, closed } = deal;
  const of = (amount: bigint | null, currency: string | null) =>
    inCurrency({ outcome, closed, amount, currency }, rates, now.getTime());
  const { amount, currency } = of(deal.amount, deal.currency);
  if (currency !== null && currency !== to) {
    await refuseUnconverted(db, { rates, now }, [{ opportunity, currency }]);
  }
  const [rate = null] = rates.used;
  return {
    ...{ amount: amount === null ? null : String(amount), currency, rate },
    dealt(said) {
      if (said.amount === null) return said;
      const whole = BigInt(said.amount.amount);
      const worth = of(whole, said.amount.currency);
      if (worth.currency === said.amount.currency) return said;
      const parts = dealtAnew(said, whole, worth.amount);
      return {
        amount: worth.amount === null ? null : { amount: Number(worth.amount), currency: worth.currency },
        shares: said.shares.map((share, at) => ({ ...share, amount: parts?.[at] ?? null })),
        unattributed: { ...said.unattributed, amount: parts?.at(-1) ?? null },
      };
    },
  };
}

/** By largest remainder of what was said, of equal remainders to the earlier touch, to what no touch deserves last. */
function dealtAnew({ shares, unattributed }: Credit, whole: bigint, worth: bigint | null): number[] | null {
  if (worth === null) return null;
  if (whole <= 0n) return [...shares.map(() => 0), Number(worth)];
  const said = [...shares, unattributed].map(({ amount }) => BigInt(amount ?? 0));
  return apportion(worth, said).map(Number);
}
