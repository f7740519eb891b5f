/** Places, in bits, of what `halfPower` gives: 1 is `1n << HALF_POWER_BITS`. */
export const HALF_POWER_BITS = 128n;

const GUARDED = 192n;
const EXPONENT_BITS = 64n;
const ONE = 1n << GUARDED;

/** ROOTS[i] = 2^(-2^-i): each the square root of the one before. */
const ROOTS = (() => {
  const roots = [ONE >> 1n];
  for (let i = 1n; i <= EXPONENT_BITS; i += 1n) roots.push(squareRoot((roots.at(-1) ?? ONE) << GUARDED));
  return roots;
})();

/** BYTES[k][b] = 2^(-b / 256^(k+1)), so that an exponent takes one multiplication a byte. */
const BYTES = Array.from({ length: Number(EXPONENT_BITS) / 8 }, (_, k) => {
  const step = ROOTS[8 * (k + 1)] ?? ONE;
  const powers = [ONE];
  for (let b = 1; b < 256; b += 1) powers.push(((powers.at(-1) ?? ONE) * step) >> GUARDED);
  return powers;
});

/**
 * 2^(-over/under) in units of 2^-128, rounded down, by integers alone: every machine gives the same bits. Whole
 * exponents are exact; of others the exponent is first cut to 64 binary places, so that they are above the true value by
 * less than 2^-64 of it. Beyond an exponent of 128 it is 0.
 * @param over not negative
 * @param under positive
 */
export function halfPower(over: bigint, under: bigint): bigint {
  const halvings = over / under;
  if (halvings > HALF_POWER_BITS) return 0n;
  const exponent = ((over % under) << EXPONENT_BITS) / under;
  let power = ONE;
  for (const [k, powers] of BYTES.entries()) {
    const byte = Number((exponent >> (EXPONENT_BITS - 8n * BigInt(k + 1))) & 255n);
    if (byte > 0) power = (power * (powers[byte] ?? ONE)) >> GUARDED;
  }
  return power >> (GUARDED - HALF_POWER_BITS + halvings);
}

/** The largest whole number whose square is no larger (Heron). */
function squareRoot(square: bigint): bigint {
  let root = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
