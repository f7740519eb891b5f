/** The same with each bigint as its digits: JSON numbers are exact up to 2^53 only. */
export function bigintsAsText(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each)),
  );
}
