import { describe, expect, it } from '@jest/globals';
import { catalogue } from './catalogue.ts';
import { id } from './fields.ts';

describe('an id', () => {
  it.each(['.', '..', ' ', '', '\t'])('S10 is not %j, which no URL can name', (text) => {
    expect(id.safeParse(text).success).toBe(false);
  });

  it.each(['...', '.a', 'a.', '..a', '. .', '%2e', '%2e%2e', './..', 'lead/1', 'café', '🙂', '.\u200b'])(
    'S10 may be %j, which comes back out of a URL as it went in',
    (text) => {
      expect(id.safeParse(text).success).toBe(true);
      const { pathname } = new URL(`http://localhost/v1/leads/${encodeURIComponent(text)}/offer`);
      expect(decodeURIComponent(pathname.split('/')[3] ?? '')).toBe(text);
    },
  );

  it('S10 is held to that in every event that has a stream or an entity', () => {
    const entities = ['lead', 'opportunity', 'account', 'member', 'campaign', 'person'];
    let tried = 0;
    for (const { name, schema, sample } of catalogue) {
      const data = sample as Record<string, unknown>;
      for (const field of entities.filter((each) => typeof data[each] === 'string')) {
        tried += 1;
        expect([name, schema.safeParse({ ...data, [field]: '..' }).success]).toEqual([name, false]);
      }
    }
    expect(tried).toBeGreaterThan(30);
  });
});
