import canonicalize from 'canonicalize';

/** Stands for a value that the short way does not know how to write. */
const odd = Symbol('odd');
const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;

/**
 * RFC 8785: the one text of a JSON value.
 * JSON.stringify writes numbers and texts as the RFC has them, so a copy with its keys in order is written by that,
 * at half the cost of `canonicalize`; what it would order or write in another way goes there.
 * @throws TypeError for what is not JSON
 */
export function canonicalJson(value: unknown): string {
  const ordered = inOrder(value);
  const short = ordered === odd ? undefined : JSON.stringify(ordered);
  if (short !== undefined && !short.includes('\\ud')) return short;
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not a JSON value');
  return text;
}

/** A copy with the keys of every object in the order of their UTF-16 units. */
function inOrder(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : odd;
  if (typeof value !== 'object') return odd;
  if (Array.isArray(value)) {
    const items = value.map(inOrder);
    return items.includes(odd) ? odd : items;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return odd;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    if (isMoved(key)) return odd;
    const member = inOrder((value as Record<string, unknown>)[key]);
    if (member === odd) return odd;
    copy[key] = member;
  }
  return copy;
}

/** An object puts keys that may be indexes first, whenever they were added, and takes `__proto__` for its prototype. */
function isMoved(key: string): boolean {
  const first = key.charCodeAt(0);
  return (first >= DIGIT_0 && first <= DIGIT_9) || key === '__proto__';
}
