import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import type { DataSet } from './dimensions.table.ts';
import { mean } from './distribution.query.ts';
import { filtered } from './grouped.query.ts';
import { Statement } from './statement.query.ts';

export const NUMBER = "'^\\s*[-+]?[0-9]+(\\.[0-9]+)?\\s*$'";

/** Sum and spread of an attribute that holds numbers as text; what is no number is counted, never guessed. */
export async function attributeTotal(database: Queryable, set: DataSet, attribute: string, ask: Ask) {
  const statement = new Statement();
  const name = statement.bind(attribute);
  const text = `
    with given as (select d.attributes ->> ${name}::text as text from ${filtered(set, ask, statement)}),
    number as (select text, case when text ~ ${NUMBER} then text::numeric end as value from given)
    select count(*)::int as rows, count(value)::int as numbers,
           count(*) filter (where text is null)::int as blank,
           count(*) filter (where text is not null and value is null)::int as "notNumbers",
           count(*) filter (where value > 0)::int as "aboveZero", count(*) filter (where value = 0)::int as zero,
           trim_scale(sum(value))::text as total, trim_scale(min(value))::text as min,
           trim_scale(max(value))::text as max, ${mean('value')}::text as mean
      from number`;
  const { rows } = await database.query(text, statement.values);
  return { attribute, ...rows[0] };
}
