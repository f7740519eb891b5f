import { SeededRandom } from '@throughline/sample';

/** Chance that follows from a seed and a purpose, so that one more number drawn for one thing moves no other. */
export function chance(seed: number, purpose: string): SeededRandom {
  let mixed = seed >>> 0;
  for (const letter of purpose) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return new SeededRandom(mixed);
}
