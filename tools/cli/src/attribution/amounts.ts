import { inWhole } from '@throughline/contracts';

/** Money as an answer has it: minor units; null is unknown. */
export interface Amounts {
  readonly amount: string | null;
  readonly currency: string | null;
}

/** Money for the eye; null where nobody knows. Of a currency that nobody knows, minor units as they are. */
export function amountOf({ amount, currency }: Amounts): string | null {
  if (amount === null) return null;
  const minor = BigInt(amount);
  if (minor === 0n && currency === null) return '0'; // of any currency
  const whole = inWhole(minor, currency);
  return whole === null
    ? `${amount} minor units of ${currency ?? 'an unknown currency'}`
    : `${whole} ${currency ?? ''}`;
}

/** A part of a whole that is counted in millionths. */
export const percentOf = (millionths: number): string => `${(millionths / 10_000).toFixed(1)} %`;
