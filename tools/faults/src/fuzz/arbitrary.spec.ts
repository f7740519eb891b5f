import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { arbitraryOf } from './arbitrary.ts';

const folder = join(import.meta.dirname, '../../../../libs/contracts/schemas');

describe('values made from a schema', () => {
  it.each(readdirSync(folder))('fit %s', (file) => {
    const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>;
    const check = z.fromJSONSchema(schema);
    fc.assert(
      fc.property(arbitraryOf(schema), (value) => {
        expect(check.safeParse(value).error).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('refuse a keyword that is not known', () => {
    expect(() => arbitraryOf({ type: 'tuple' })).toThrow('not known');
  });
});
