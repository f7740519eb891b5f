import { AttributionError } from '../attribution.error.ts';

/**
 * The generator xoshiro128** 1.1 (Blackman, Vigna 2018), its state filled from the seed by SplitMix32: 32-bit integers
 * only, so every machine draws the same.
 * @param seed a whole number, 0 to 2^32 - 1
 * @returns a function that draws a whole number from 0 up to but not including its argument, each equally likely
 */
export function seededRandom(seed: number): (below: number) => number {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    throw new AttributionError(
      'bad-parameter',
      'seed',
      `The seed is ${seed}.`,
      'Give a whole number, 0 to 4294967295.',
    );
  let split = seed;
  const fill = () => {
    split = (split + 0x9e3779b9) | 0;
    let mixed = Math.imul(split ^ (split >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let [a, b, c, d] = [fill(), fill(), fill(), fill()];
  const next = () => {
    const drawn = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return drawn;
  };
  return (below) => {
    const fair = 2 ** 32 - (2 ** 32 % below);
    for (;;) {
      const drawn = next();
      if (drawn < fair) return drawn % below;
    }
  };
}

const rotate = (bits: number, by: number) => (bits << by) | (bits >>> (32 - by));
