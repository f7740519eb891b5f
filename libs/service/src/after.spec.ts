import { describe, expect, it } from '@jest/globals';
import { formatAfter, MOST_PLACES, parseAfter, type After } from './after.ts';

const places = (count: number): After[] =>
  Array.from({ length: count }, (_, partition) => ({
    kind: 'position',
    topic: 'journey.touches',
    partition,
    offset: 7n,
  }));

describe('what a reader waits for', () => {
  it('may be as many places as an answer names at most', () => {
    expect(parseAfter(formatAfter(places(MOST_PLACES)))).toEqual(places(MOST_PLACES));
  });

  it('is refused past that before any of it is read, so that no request makes others wait for it', () => {
    const text = formatAfter(places(MOST_PLACES + 1));
    const refused = { status: 422, code: 'unreadable-after', field: 'after' };
    for (const many of [text, ','.repeat(MOST_PLACES), `${text},unreadable`])
      expect(() => parseAfter(many)).toThrow(
        expect.objectContaining({
          described: expect.objectContaining({ ...refused, detail: 'after names more than 50 places.' }),
        }),
      );
  });
});
