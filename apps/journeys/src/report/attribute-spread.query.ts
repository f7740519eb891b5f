import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import type { DataSet } from './dimensions.table.ts';
import { distribution } from './distribution.query.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';
import type { Statement } from './statement.query.ts';
import { NUMBER } from './totals.query.ts';

/** Median, percentiles and sum of an attribute that holds numbers, by group; what is no number is counted apart. */
export function attributeSpread(
  database: Queryable,
  set: DataSet,
  attribute: string,
  ask: Ask,
): Promise<GroupPage> {
  const counts = (statement: Statement) => {
    const given = `(d.attributes ->> ${statement.bind(attribute)}::text)`;
    const value = `case when ${given} ~ ${NUMBER} then ${given}::numeric end`;
    return {
      rows: 'count(*)',
      numbers: `count(${value})`,
      blank: `count(*) filter (where ${given} is null)`,
      notNumbers: `count(*) filter (where ${given} is not null and ${value} is null)`,
      sum: `trim_scale(sum(${value}))::text`,
      spread: distribution(value, 'text'),
    };
  };
  return countGroups(database, set, { counts }, ask);
}
