const QUOTE = 0x22;
/** A NUL, or half of a surrogate pair as far as this can tell, which only an escape can bring into UTF-8. */
const UNSTORABLE = /\\u(0000|d[89a-f])/i;
const SUSPECT = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Whether nothing that strict JSON refuses can be in a text, at a fraction of the cost of looking at every token. False
 * says nothing.
 *
 * - No key stands twice: a value has two quotes for each of its keys and texts, and the text has at least those of the
 *   value that was read from it. It has more where a key was dropped, or where a text holds a quote.
 * - Numbers are finite and not zero, so none was out of range or vanished; integers are exact.
 * @param text JSON; `value` is what JSON.parse made of it
 */
export function isPlainJson(bytes: Buffer, text: string, value: unknown, maxDepth: number): boolean {
  const texts = countTexts(value, maxDepth);
  return !Number.isNaN(texts) && countQuotes(bytes) === 2 * texts && !UNSTORABLE.test(text);
}

function countQuotes(bytes: Buffer): number {
  let quotes = 0;
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === QUOTE) quotes += 1;
  return quotes;
}

/** How many keys and texts a value has; NaN when it is too deep, or holds a key or a number to be looked at. */
function countTexts(value: unknown, depthLeft: number): number {
  if (typeof value === 'string') return 1;
  if (typeof value === 'number') return isSafe(value) ? 0 : Number.NaN;
  if (value === null || typeof value !== 'object') return 0;
  if (depthLeft === 0) return Number.NaN;
  let texts = 0;
  if (Array.isArray(value)) {
    for (const item of value) texts += countTexts(item, depthLeft - 1);
    return texts;
  }
  for (const key in value) {
    if (SUSPECT.has(key)) return Number.NaN;
    texts += 1 + countTexts((value as Record<string, unknown>)[key], depthLeft - 1);
  }
  return texts;
}

function isSafe(value: number): boolean {
  return Number.isInteger(value) ? value !== 0 && Number.isSafeInteger(value) : Number.isFinite(value);
}
