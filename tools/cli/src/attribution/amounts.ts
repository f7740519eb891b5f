/** Money as an answer has it: minor units; null is unknown. */
export interface Amounts {
  readonly amount: string | null;
  readonly currency: string | null;
}

/** Money for the eye; null where nobody knows. */
export function amountOf({ amount, currency }: Amounts): string | null {
  return amount === null ? null : `${(Number(amount) / 100).toFixed(2)} ${currency ?? 'unknown currency'}`;
}

/** A part of a whole that is counted in millionths. */
export const percentOf = (millionths: number): string => `${(millionths / 10_000).toFixed(1)} %`;
