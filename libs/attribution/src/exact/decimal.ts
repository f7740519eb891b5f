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

/** Places of weights, which are kept as they were sent or refused: also what spreadsheets make of a third. */
const WEIGHT_PLACES = 30;

/**
 * @returns units of 1e-30, exactly; null where the text is no decimal number from 0 on; `beyond` where it has more places,
 * so that no weight is ever rounded, least of all to 0
 */
export function parseWeight(text: string): bigint | 'beyond' | null {
  const match = DECIMAL.exec(text.trim());
  if (!match) return null;
  const [, whole = '', after = '', exponent = '0'] = match;
  if (whole === '' && after === '') return null;
  const shift = WEIGHT_PLACES - after.length + Number(exponent);
  const digits = BigInt(whole + after);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return digits % divisor === 0n ? digits / divisor : 'beyond';
}

/** As short as it is exact. @param units of 1e-30 */
export const formatWeight = (units: bigint): string => formatDecimal(units, WEIGHT_PLACES);

/** As short as it is exact: `2.402`, `3`, `0.333333333333`. */
export function formatDecimal(units: bigint, places = PLACES): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const after = digits.slice(-places).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -places)}${after === '' ? '' : `.${after}`}`;
}
