import type { Queryable } from '@throughline/postgres';
import { pageFrom } from '@throughline/service';
import type { Ask } from './ask.query.ts';
import { daysBetween, lastInstant, type Moment, moment } from './clock.query.ts';
import { column, type DataSet, dataSets, lasting } from './dimensions.table.ts';
import { distribution, percent } from './distribution.query.ts';
import { countGroups, dimensionSql, filtered, type GroupPage } from './grouped.query.ts';
import { Statement } from './statement.query.ts';

/** Stays of deals in stages, as of an instant. */
export const staySet: DataSet = {
  view: 'stage_stay',
  rows(ask, statement) {
    const at = lastInstant(ask.at, ask.clock, statement);
    const ended = `(s."left" is not null and (s.left_at is null or s.left_at <= ${at}))`;
    return `(
    select o.*, s.stage as stay_stage, s.version as stay_version, s.entered_at, s.entered_precision, ${ended} as ended,
           case when ${ended} then s.left_at end as left_at, case when ${ended} then s.left_precision end as left_precision,
           case when ${ended} then coalesce(s.next_stage, s."left") end as left_for, ${at} as until,
           row_number() over (partition by s.opportunity, s.stage order by s.version) = 1 as first_stay
      from analytics_v1.stage_stay s join analytics_v1.opportunity o on o.opportunity = s.opportunity
     where s.entered_at is null or s.entered_at <= ${at})`;
  },
  instant: 'entered_at',
  attributes: true,
  deals: true,
  dimensions: {
    stage: column('stay_stage', 'the stage that was entered'),
    ...lasting(),
    owner: column('owner', 'current owner'),
    manager: column('manager', "the owner's manager"),
    office: column('office', "the owner's office"),
    status: column('status', 'of the deal now: open, won or lost'),
  },
};

/** How long deals stayed in stages, by stage by default; stays that go on are counted up to `at`. */
export function timeInStage(database: Queryable, ask: Ask): Promise<GroupPage> {
  const until: Moment = { at: 'd.until', precision: `'instant'` };
  const counts = (statement: Statement) => {
    const days = daysBetween(moment('entered_at'), moment('left_at'), ask.clock, statement);
    const soFar = daysBetween(moment('entered_at'), until, ask.clock, statement);
    return {
      stays: 'count(*)',
      ended: 'count(*) filter (where d.ended)',
      open: 'count(*) filter (where not d.ended)',
      undated: `count(*) filter (where case when d.ended then ${days} else ${soFar} end is null)`,
      daysEnded: distribution(`case when d.ended then ${days} end`),
      daysOpen: distribution(`case when not d.ended then ${soFar} end`),
    };
  };
  return countGroups(database, staySet, { counts }, ask);
}

const NEXT_STAGES = 'next_stage collate "C" nulls last, outcome collate "C" nulls first';

/**
 * Of the deals that ever entered a stage, the share that later came to each other stage, or was ever won or lost. A
 * cohort: `from` and `to` are of the first entry into the stage; a deal counts once a pair.
 */
export async function stageConversion(database: Queryable, ask: Ask) {
  const statement = new Statement();
  const key = ask.group.map((name) => `${dimensionSql(staySet, name, ask, statement)}`);
  const at = lastInstant(ask.at, ask.clock, statement);
  const first = { ...staySet, counts: 'd.first_stay' };
  const [entered, reached]: Moment[] = [
    { at: 'f.entered_at', precision: 'f.entered_precision' },
    { at: 's.at', precision: 's.precision' },
  ];
  const days = daysBetween(entered as Moment, reached as Moment, ask.clock, statement);
  const text = `
    with first as materialized (
      select jsonb_build_array(${key.join(', ')}) as key, d.opportunity, d.stay_stage as stage, d.stay_version as version,
             d.entered_at, d.entered_precision
        from ${filtered(first, ask, statement)}),
    step as (
      select s.opportunity, s.stage as next_stage, null as outcome, s.version, s.entered_at as at,
             s.entered_precision as precision from analytics_v1.stage_stay s
       where s.entered_at is null or s.entered_at <= ${at}
      union all
      select c.opportunity, null, c.status, c.version, c.occurred_at, c.occurred_precision
        from analytics_v1.opportunity_change c
       where c.status in ('won', 'lost') and (c.occurred_at is null or c.occurred_at <= ${at})),
    reached as (
      select distinct on (f.opportunity, f.stage, s.next_stage, s.outcome)
             f.key, f.stage, s.next_stage, s.outcome, ${days} as days
        from first f join step s on s.opportunity = f.opportunity and s.version > f.version
                                and s.next_stage is distinct from f.stage
       order by f.opportunity, f.stage, s.next_stage, s.outcome, s.version),
    entered as (select key, stage, count(*)::int as entered from first group by key, stage)
    select e.key, e.stage, r.next_stage as "nextStage", r.outcome, e.entered, count(r.stage)::int as reached,
           ${percent('count(r.stage)', 'e.entered')}::float8 as "reachedPercent", ${distribution('r.days')} as days
      from entered e left join reached r on r.key = e.key and r.stage = e.stage
     group by e.key, e.stage, e.entered, r.next_stage, r.outcome
     order by e.key, e.stage collate "C", ${NEXT_STAGES}
     limit ${statement.bind(ask.limit + 1)} offset ${statement.bind(ask.offset)}`;
  const { rows } = await database.query<{ key: (string | null)[] }>(text, statement.values);
  const named = rows.map(({ key: of, ...row }) => ({
    key: Object.fromEntries(ask.group.map((name, index) => [name, of[index] ?? null])),
    ...row,
  }));
  return { group: ask.group, ...pageFrom(named, ask) };
}

/** Leads won within a number of days after capture, as of an instant. */
export function wonWithin(database: Queryable, ask: Ask, most: number): Promise<GroupPage> {
  const counts = (statement: Statement) => {
    const at = lastInstant(ask.at, ask.clock, statement);
    const there = `(d.captured_at is null or d.captured_at <= ${at})`;
    const days = daysBetween(moment('captured_at'), moment('won_at'), ask.clock, statement);
    const until: Moment = { at, precision: `'instant'` };
    const full = `${daysBetween(moment('captured_at'), until, ask.clock, statement)} >= ${statement.bind(most)}::int`;
    const within = `${days} <= ${statement.bind(most)}::int and d.won_at <= ${at}`;
    const having = (...conditions: string[]) =>
      `count(*) filter (where ${[there, ...conditions].map((each) => `(${each})`).join(' and ')})`;
    return {
      leads: having(),
      won: having(`d.won and coalesce(d.won_at <= ${at}, true)`),
      wonWithin: having(within),
      wonWithinPercent: percent(having(within), having()),
      wonBeforeCapture: having(within, `${days} < 0`),
      undated: having(`d.captured_at is null or d.captured_precision not in ('instant', 'day')`),
      observed: having(full),
      observedWonWithin: having(full, within),
      observedWonWithinPercent: percent(having(full, within), having(full)),
    };
  };
  return countGroups(database, dataSets.leads, { counts }, ask);
}
