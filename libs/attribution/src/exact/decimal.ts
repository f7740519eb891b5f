/** Decimals are integers of this many places: credit and values that are not money. */
export const PLACES = 12;
/** One, as a decimal. */
export const UNIT = 10n ** BigInt(PLACES);

const DECIMAL = /^(\d{1,24})?(?:\.(\d{0,400}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * @param text a decimal number, not negative, as spreadsheets and other programs write it: `12`, `0.5`, `2.4e-3`
 * @returns units of 1e-12, rounded half up once; null where the text is no such number
 */
export function parseDecimal(text: string): bigint | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const [, whole = '', after = '', exponent = '0'] = match;
  if (whole === '' && after === '') return null;
  const shift = PLACES - after.length + Number(exponent);
  const digits = BigInt(whole + after);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (digits * 2n + divisor) / (divisor * 2n);
}

/** As short as it is exact: `2.402`, `3`, `0.333333333333`. */
export function formatDecimal(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(PLACES + 1, '0');
  const after = digits.slice(-PLACES).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -PLACES)}${after === '' ? '' : `.${after}`}`;
}
