import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import type { DataSet } from './dimensions.table.ts';
import { dimensionSql, filtered } from './grouped.query.ts';
import { Statement } from './statement.query.ts';

export interface DistinctCount {
  readonly of: readonly string[];
  /** different combinations in which every dimension is known */
  readonly distinct: number;
  readonly rows: number;
  /** rows in which at least one of them is not known */
  readonly blank: number;
}

/** How many different values (or combinations of values) the dimensions in `group` have. */
export async function distinctValues(database: Queryable, set: DataSet, ask: Ask): Promise<DistinctCount> {
  const statement = new Statement();
  const columns = ask.group.map((name, at) => `${dimensionSql(set, name, ask, statement)} as c${at}`);
  const known = ask.group.map((_, at) => `c${at} is not null`).join(' and ');
  const combination = `jsonb_build_array(${ask.group.map((_, at) => `c${at}`).join(', ')})`;
  const text = `select count(distinct ${combination}) filter (where ${known})::int as distinct,
                       count(*)::int as rows, count(*) filter (where not (${known}))::int as blank
                  from (select ${columns.join(', ')} from ${filtered(set, ask, statement)}) v`;
  const { rows } = await database.query<Omit<DistinctCount, 'of'>>(text, statement.values);
  return { of: ask.group, ...(rows[0] ?? { distinct: 0, rows: 0, blank: 0 }) };
}
