import type { Queryable } from '@throughline/postgres';
import { pageFrom } from '@throughline/service';
import type { Ask } from './ask.query.ts';
import type { DataSet } from './dimensions.table.ts';
import { filtered } from './grouped.query.ts';
import { Statement } from './statement.query.ts';

/** How complete one field is. Attributes tell null (sent as unknown) from absent (never sent). */
export interface FieldBlanks {
  readonly field: string;
  readonly filled: number;
  readonly blank: number;
  readonly absent: number;
}

/** Filled and blank rows of every field and attribute of a data set, in the order of the field names. */
export async function blanks(database: Queryable, set: DataSet, ask: Ask) {
  const statement = new Statement();
  const text = `
    with base as materialized (select to_jsonb(d) as row from ${filtered(set, ask, statement)}),
    field as (
      select f.key as field, f.value as value from base, jsonb_each(base.row - 'attributes') f
      union all
      select 'attribute:' || a.key, a.value from base, jsonb_each(coalesce(base.row -> 'attributes', '{}')) a)
    select field, count(*) filter (where value <> 'null')::int as filled,
           count(*) filter (where value = 'null')::int as blank,
           ((select count(*) from base) - count(*))::int as absent
      from field group by field order by field collate "C"
     limit ${statement.bind(ask.limit + 1)} offset ${statement.bind(ask.offset)}`;
  const { rows } = await database.query<FieldBlanks>(text, statement.values);
  return pageFrom(rows, ask);
}
