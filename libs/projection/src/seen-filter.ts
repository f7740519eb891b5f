/** Bits a text, so that one text in about 5,000 is taken for another. */
const BITS_PER_TEXT = 32;
const PROBES = 4;
const FEWEST_BITS = 2 ** 16;
/** 128 MB; beyond 32 million texts they are taken for each other more often. */
const MOST_BITS = 2 ** 30;

/**
 * Remembers texts in memory of a fixed size (Bloom 1970): what was added is always known again, and now and then a text
 * is taken for one that was added.
 */
export class SeenFilter {
  readonly #bits: Uint32Array;
  readonly #mask: number;

  constructor(texts: number) {
    const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, texts) * BITS_PER_TEXT));
    const size = Math.min(MOST_BITS, Math.max(FEWEST_BITS, wanted));
    this.#bits = new Uint32Array(size / 32);
    this.#mask = size - 1;
  }

  /** @returns whether it may have been there before */
  add(text: string): boolean {
    const { start, step } = hashesOf(text);
    let seen = true;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = (start + Math.imul(probe, step)) & this.#mask;
      const flag = 1 << (bit & 31);
      const before = this.#bits[bit >>> 5] ?? 0;
      if ((before & flag) === 0) seen = false;
      this.#bits[bit >>> 5] = before | flag;
    }
    return seen;
  }

  has(text: string): boolean {
    const { start, step } = hashesOf(text);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const bit = (start + Math.imul(probe, step)) & this.#mask;
      if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** Two hashes of a text (FNV-1a and a mixed variant), to be combined as Kirsch and Mitzenmacher (2006) do. */
function hashesOf(text: string): { start: number; step: number } {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b);
    b ^= b >>> 13;
  }
  return { start: a ^ (a >>> 15), step: b | 1 };
}
