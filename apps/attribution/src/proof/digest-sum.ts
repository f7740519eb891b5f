import { createHash } from 'node:crypto';

const MODULUS = 1n << 128n;

/** A sum mod 2^128 of SHA-256 over texts, in any order: equal sets have equal sums. */
export class DigestSum {
  #sum = 0n;
  #count = 0;

  add(text: string): void {
    const hash = createHash('sha256').update(text, 'utf8').digest();
    this.#sum = (this.#sum + BigInt(`0x${hash.subarray(16).toString('hex')}`)) % MODULUS;
    this.#count += 1;
  }

  get count(): number {
    return this.#count;
  }

  /** 32 hex digits */
  get hex(): string {
    return this.#sum.toString(16).padStart(32, '0');
  }
}
