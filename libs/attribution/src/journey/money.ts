import { AttributionError } from '../attribution.error.ts';
import type { Fraction } from '../exact/fraction.ts';

/** Integer minor units, never negative here: cents, yen. */
export interface Money {
  readonly amount: bigint;
  readonly currency: string;
}

/** What one minor unit of `from` is worth in minor units of `to`, exactly, from an instant on. */
export interface Rate {
  readonly from: string;
  readonly to: string;
  readonly since: number;
  /** 1 USD = 0.92 EUR is 23/25; 100 JPY = 0.60 EUR, yen to cents, is 60/100 */
  readonly rate: Fraction;
}

/**
 * An amount in another currency at an instant, by the latest rate at or before it; rounded half up once. No rate is
 * turned round or chained: only what was given is used.
 * @throws AttributionError `missing-rate`; `bad-rate` where it is not above 0, or two stand for the same instant
 */
export function convert({ amount, currency }: Money, to: string, at: number, rates: readonly Rate[]): bigint {
  if (currency === to) return amount;
  const pair = `${currency}/${to}`;
  const known = rates.filter((it) => it.from === currency && it.to === to && it.since <= at);
  const since = known.reduce((latest, rate) => Math.max(latest, rate.since), -Infinity);
  const [found, another] = known.filter((rate) => rate.since === since);
  if (!found) {
    const wrong = `There is no rate for ${pair} at or before ${new Date(at).toISOString()}.`;
    throw new AttributionError('missing-rate', `rates.${pair}`, wrong, 'Give one as an exact fraction.');
  }
  if (another || found.rate.over <= 0n || found.rate.under <= 0n) {
    const wrong = another
      ? `Two rates for ${pair} stand for one instant.`
      : `The rate for ${pair} is not above 0.`;
    throw new AttributionError(
      'bad-rate',
      `rates.${pair}`,
      wrong,
      'Give one fraction above 0 for each instant.',
    );
  }
  return roundedTimes(amount, found.rate);
}

/** Rounded half up to whole units. */
export function roundedTimes(amount: bigint, { over, under }: Fraction): bigint {
  return (2n * amount * over + under) / (2n * under);
}
