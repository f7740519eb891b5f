import { describe, expect, it } from '@jest/globals';
import type { Queryable } from '@throughline/postgres';
import { Scope } from './scope.query.ts';

describe('the statements that a journey costs', () => {
  it('of an anonymous visitor: one, for what was said of it, since nobody else is in it', async () => {
    const asked: (readonly unknown[])[] = [];
    const database: Queryable = {
      async query<R>(_text: string, values: readonly unknown[] = []) {
        asked.push(values);
        return { rows: [] as R[], rowCount: 0 };
      },
    };
    const journey = await new Scope(database, null).journey({ kind: 'visitor', id: 'v-1' }, false);
    expect(asked).toEqual([[[], ['v-1'], [], null]]);
    expect([...journey.visitors]).toEqual(['v-1']);
    expect([journey.persons.size, journey.leads.size, journey.opportunities.size]).toEqual([0, 0, 0]);
  });
});
