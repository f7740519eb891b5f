import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import { Statement } from './statement.query.ts';

/** From when to when something happened, and how well that is known. */
export interface DateSpread {
  readonly date: string;
  readonly rows: number;
  readonly dated: number;
  readonly undated: number;
  readonly first: string | null;
  readonly last: string | null;
}

/** Every kind of date a report can be asked for: its view, its instant and which rows have reached it. */
const dates: readonly (readonly [date: string, view: string, instant: string, where: string])[] = [
  ['touch', 'touch', 'occurred_at', 'not withdrawn'],
  ['lead captured', 'lead', 'captured_at', 'captured_count > 0'],
  ['lead qualified', 'lead', 'qualified_at', 'qualified_count > 0'],
  ['lead offered', 'lead', 'offered_at', 'offered_count > 0'],
  ['lead accepted', 'lead', 'accepted_at', 'accepted_count > 0'],
  ['lead converted', 'lead', 'converted_at', 'converted_count > 0'],
  ['lead won', 'lead', 'won_at', 'won'],
  ['opportunity opened', 'opportunity', 'opened_at', 'true'],
  ['opportunity won', 'opportunity', 'won_at', "status = 'won'"],
  ['opportunity lost', 'opportunity', 'lost_at', "status = 'lost'"],
  ['opportunity closed', 'opportunity', 'closed_at', "status <> 'open'"],
];

/** First and last of every kind of date, and how many are undated; stages by name, in the order of the names. */
export async function spread(database: Queryable, ask: Ask): Promise<{ items: DateSpread[]; next: null }> {
  const statement = new Statement();
  const source = statement.bind(ask.source);
  const counted = (instant: string) => `count(*)::int as rows, count(${instant})::int as dated,
    (count(*) - count(${instant}))::int as undated, min(${instant}) as first, max(${instant}) as last`;
  const own = `(${source}::text is null or source = ${source})`;
  const parts = dates.map(
    ([date, view, instant, where], at) =>
      `select ${at} as at, '${date}' as date, ${counted(instant)} from analytics_v1.${view} where ${where} and ${own}`,
  );
  const stages = `select ${dates.length}, 'stage ' || stage, ${counted('occurred_at')}
                    from analytics_v1.opportunity_stage where ${own} group by stage`;
  const text = `select date, rows, dated, undated, first, last
                  from (${[...parts, stages].join(' union all ')}) d order by at, date collate "C"`;
  const { rows } = await database.query<DateSpread>(text, statement.values);
  return { items: rows, next: null };
}
