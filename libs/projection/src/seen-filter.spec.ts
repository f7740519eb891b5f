import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SeenFilter } from './seen-filter.ts';

describe('a filter of what was seen', () => {
  it('I6: never forgets a text, however many there are beyond what it was made for', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 300 }), (texts) => {
        const filter = new SeenFilter(1);
        for (const text of texts) filter.add(text);
        return texts.every((text) => filter.has(text) && filter.add(text));
      }),
    );
  });

  it('takes one text in a thousand for another at most, when it holds what it was made for', () => {
    const filter = new SeenFilter(100_000);
    const uuid = (n: number) =>
      `0190a1b2-c3d4-7${(n % 4096).toString(16).padStart(3, '0')}-8000-${n.toString(16).padStart(12, '0')}`;
    for (let n = 0; n < 100_000; n += 1) filter.add(uuid(n));
    const mistaken = Array.from({ length: 100_000 }, (_, n) => uuid(n + 100_000)).filter((it) =>
      filter.has(it),
    );
    expect(mistaken.length).toBeLessThan(100);
  });
});
