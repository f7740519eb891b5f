import type { Queryable } from '@throughline/postgres';
import { z } from 'zod';
import { creditOf } from '../credit/credit.decider.ts';
import { readDefinitions } from '../credit/credit-book.ts';
import { rowOf, sharesOf } from '../credit/credit-tables.ts';
import { readDeals } from '../credit/deals.query.ts';
import { inForceOn } from '../credit/definitions-in-force.ts';

export const measureParameter = {
  measure: z
    .enum(['revenue', 'pipeline'])
    .default('revenue')
    .describe('revenue: won deals, as it was said; pipeline: open deals as they stand now, said nowhere'),
};
export type MeasureName = z.output<(typeof measureParameter)['measure']>;

/** Where credit is read from: tables that stand before a query's own, the values of their places, and what holds. */
export interface Measured {
  readonly tables: string;
  readonly values: readonly unknown[];
  readonly holds: string;
}

const REVENUE: Measured = { tables: '', values: [], holds: `c.outcome = 'won'` };
const CHUNK = 200;

/** The credit that is measured: in force, or what open deals would give by the definitions that are in force now. */
export async function measured(
  db: Queryable,
  measure: MeasureName,
  models: readonly string[],
  now: Date,
): Promise<Measured> {
  if (measure === 'revenue') return REVENUE;
  const definitions = inForceOn(await readDefinitions(db), now.getTime()).filter(({ model }) =>
    models.includes(model),
  );
  const { rows } = await db.query<{ opportunity: string }>(
    `select opportunity from deal where outcome = 'open' order by opportunity collate "C"`,
  );
  const credits = [];
  for (let at = 0; at < rows.length; at += CHUNK) {
    const chunk = rows.slice(at, at + CHUNK).map(({ opportunity }) => opportunity);
    for (const deal of await readDeals(db, chunk))
      credits.push(...definitions.map((definition) => creditOf(deal, definition)));
  }
  return {
    tables: `credit as (select * from json_populate_recordset(null::public.credit, $1::json)),
             credit_share as (select * from json_populate_recordset(null::public.credit_share, $2::json)),`,
    values: [
      JSON.stringify(credits.map((data) => rowOf({ data, eventId: null }))),
      JSON.stringify(credits.flatMap(sharesOf)),
    ],
    holds: `c.outcome = 'open'`,
  };
}
