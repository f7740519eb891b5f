import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database, migrate } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { endOfMoment } from '../credit/deal.state.ts';
import { CLOSE_DAY } from './close-day.ts';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const test = await testDatabase('close-day');
  drop = test.drop;
  database = await Database.open({ url: test.url, name: 'close-day' });
  await migrate(database, 'attribution', new URL('../credit/migrations/', import.meta.url));
});
afterAll(async () => {
  await database.close();
  await drop();
});

const moments = [
  ...['2026-02-01T00:00:00.000Z', '2024-02-29T00:00:00.000Z', '2026-12-31T00:00:00.000Z'].map((at) => ({
    ...{ at, precision: 'day' as const },
  })),
  ...['2026-02-01T00:00:00.000Z', '2024-02-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'].map((at) => ({
    ...{ at, precision: 'month' as const },
  })),
  { at: '2026-02-28T23:59:59.999Z', precision: 'instant' as const },
  ...(['day', 'month', 'instant', 'unknown'] as const).map((precision) => ({ at: null, precision })),
];

describe('the end of a close', () => {
  it.each(moments)(
    'is the same by SQL as in the library: $at, known to the $precision',
    async ({ at, precision }) => {
      const { rows } = await database.query<{ end: string | null; day: string | null }>(
        `select end_of_moment(d.closed_at, o.closed_precision) as "end", (${CLOSE_DAY})::text as day
         from (values ($1::timestamptz)) d (closed_at), (values ($2::text)) o (closed_precision)`,
        [at, precision],
      );
      const end = endOfMoment({ at, precision });
      const told = end === null ? null : new Date(end).toISOString();
      expect(rows).toEqual([{ end: told, day: told?.slice(0, 10) ?? null }]);
    },
  );

  it('costs a query no call: it is planned as part of it', async () => {
    const { rows } = await database.query<{ 'QUERY PLAN': string }>(
      `explain (verbose, costs off) select ${CLOSE_DAY} from deal d, lateral (select d.outcome as closed_precision) o`,
    );
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).not.toContain('end_of_moment');
  });
});
