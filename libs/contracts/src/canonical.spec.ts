import { describe, expect, it } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from './canonical.ts';

/** What a way of writing gives, or that it refuses. */
function written(write: () => string | undefined): string | null {
  try {
    return write() ?? null;
  } catch {
    return null;
  }
}

const keys = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 4 }),
  fc.constantFrom('9', '10', '01', '-1', '1.5', '__proto__', 'toJSON', '€', '\ufb33', '😀', '\r', '"', ''),
);
const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.double(),
    fc.string({ unit: 'binary', maxLength: 5 }),
    fc.constantFrom(null, true, false, undefined, -0, 1e21, 1e-7, '\ud800', '\\ud800', '\u2028', new Date(0)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 5, noNullPrototype: false }),
  ),
}));

describe('canonical JSON (RFC 8785)', () => {
  it('is that of the reference, whatever the value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(written(() => canonicalJson(value))).toBe(written(() => canonicalize(value)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('orders keys by their UTF-16 units, at every depth', () => {
    const value = { b: [{ d: 1, c: 2 }], a: null, '10': 1, '9': 2, '😀': 3, '\ufb33': 4 };
    expect(canonicalJson(value)).toBe('{"10":1,"9":2,"a":null,"b":[{"c":2,"d":1}],"😀":3,"\ufb33":4}');
  });

  it('refuses what is not JSON', () => {
    for (const value of [undefined, Number.NaN, '\ud800', { a: Infinity }, () => 1]) {
      expect(() => canonicalJson(value)).toThrow();
    }
  });
});
