import type { Queryable } from '@throughline/postgres';
import { pageFrom } from '@throughline/service';
import type { Ask } from './ask.query.ts';
import { dataSets } from './dimensions.table.ts';
import { percent } from './distribution.query.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';
import { Statement } from './statement.query.ts';

/** Touches, exposures (done to somebody) kept apart from activities (done by somebody); withdrawn ones never were. */
export function touches(database: Queryable, ask: Ask): Promise<GroupPage> {
  const counts = {
    touches: 'count(*)',
    activities: "count(*) filter (where d.kind = 'activity')",
    exposures: "count(*) filter (where d.kind = 'exposure')",
    visitors: 'count(distinct d.visitor)',
    persons: 'count(distinct d.placed_person)',
    accounts: 'count(distinct d.placed_account)',
    withoutAccount: 'count(*) filter (where d.placed_account is null)',
  };
  return countGroups(database, dataSets.touches, { counts }, ask);
}

/**
 * What is known of the time before each won deal was opened. `unknown` are wins without any known earlier touch of
 * their account or of the persons of their leads: brand effect that nobody can see is not made up.
 */
export async function winsByEarlyTouch(database: Queryable, ask: Ask) {
  const statement = new Statement();
  const source = statement.bind(ask.source);
  const text = `
    with won as materialized (
      select opportunity, account, coalesce(opened_at, won_at) as opened_at from analytics_v1.opportunity
       where status = 'won' and (${source}::text is null or source = ${source})),
    person as materialized (
      select lo.opportunity, coalesce(p.canonical, l.person) as person
        from analytics_v1.lead_opportunity lo join analytics_v1.lead l on l.lead = lo.lead
        left join analytics_v1.person p on p.person = l.person
       where l.person is not null),
    touch as materialized (
      select kind, occurred_at, placed_account as account, placed_person as person from analytics_v1.touch
       where not withdrawn),
    first as materialized (
      select 'account' as whose, account as id, kind, min(occurred_at) as at from touch group by account, kind
      union all
      select 'person', person, kind, min(occurred_at) from touch group by person, kind),
    early as (
      select w.opportunity, f.kind from won w join first f on f.whose = 'account' and f.id = w.account
       where f.at < w.opened_at
      union
      select w.opportunity, f.kind from won w join person p on p.opportunity = w.opportunity
        join first f on f.whose = 'person' and f.id = p.person
       where f.at < w.opened_at),
    known as (
      select w.opportunity, bool_or(e.kind = 'activity') as activity, bool_or(e.kind = 'exposure') as exposure
        from won w left join early e on e.opportunity = w.opportunity group by w.opportunity)
    select count(*)::int as won, count(*) filter (where activity)::int as "withActivity",
           count(*) filter (where exposure and not activity)::int as "exposureOnly",
           count(*) filter (where activity is null)::int as unknown,
           ${percent('count(*) filter (where activity is null)', 'count(*)')}::float8 as "unknownPercent"
      from known`;
  const { rows } = await database.query<Record<string, unknown>>(text, statement.values);
  return { ...rows[0] };
}

/** Money spent, by campaign and currency. */
export async function spend(database: Queryable, ask: Ask) {
  const statement = new Statement();
  const source = statement.bind(ask.source);
  const text = `
    select campaign, currency, count(*)::int as records, sum(amount)::text as amount
      from analytics_v1.campaign_spend where ${source}::text is null or source = ${source}
     group by campaign, currency order by campaign collate "C", currency collate "C" nulls last
     limit ${statement.bind(ask.limit + 1)} offset ${statement.bind(ask.offset)}`;
  const { rows } = await database.query<Record<string, unknown>>(text, statement.values);
  return pageFrom(rows, ask);
}
