import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningJourneys, runningJourneys } from '../testing/running-journeys.ts';

describe('R5 the views that analysts read', () => {
  let journeys: RunningJourneys;
  beforeAll(async () => {
    journeys = await runningJourneys('comments');
  });
  afterAll(() => journeys.stop());

  it('R5 every view and every column of analytics_v1 has a comment', async () => {
    const { rows } = await journeys.database.query<{ name: string }>(`
      select c.relname || coalesce('.' || a.attname, '') as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'analytics_v1'
        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
       where col_description(c.oid, coalesce(a.attnum, 0)) is null or obj_description(c.oid, 'pg_class') is null`);
    expect(rows.map(({ name }) => name)).toEqual([]);
  });

  it('R5 finds the touches of one opportunity by an index', async () => {
    const { rows } = await journeys.database.query<{ found: number }>(`
      select count(*)::int as found from pg_indexes where tablename = 'touch' and indexdef like '%(opportunity)%'`);
    expect(rows).toEqual([{ found: 1 }]);
  });
});
