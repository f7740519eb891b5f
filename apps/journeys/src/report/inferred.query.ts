import type { Queryable } from '@throughline/postgres';
import { pageFrom } from '@throughline/service';
import type { Ask } from './ask.query.ts';
import { Statement } from './statement.query.ts';

/** Which fields of which events an importer or mapping concluded, and how often. */
export async function inferredFields(database: Queryable, ask: Ask) {
  const statement = new Statement();
  const source = statement.bind(ask.source);
  const text = `
    select e.name as event, field, count(*)::int as inferred,
           (select count(*)::int from analytics_v1.timeline_entry a
             where a.name = e.name and (${source}::text is null or a.source = ${source})) as events
      from analytics_v1.timeline_entry e cross join lateral jsonb_array_elements_text(e.inferred) field
     where ${source}::text is null or e.source = ${source}
     group by e.name, field order by e.name collate "C", field collate "C"
     limit ${statement.bind(ask.limit + 1)} offset ${statement.bind(ask.offset)}`;
  const { rows } = await database.query<Record<string, unknown>>(text, statement.values);
  return pageFrom(rows, ask);
}
