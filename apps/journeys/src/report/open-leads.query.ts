import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import { lastInstant } from './clock.query.ts';
import { column, type DataSet, dataSets } from './dimensions.table.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';

const moves =
  "('lead.captured', 'lead.qualified', 'lead.offered', 'lead.recycled', 'lead.returned', 'lead.disqualified', 'lead.converted')";
const answers = "('lead.accepted', 'lead.rejected', 'lead.offer-expired')";
const latest = (where: string): string =>
  `(array_agg(c.name order by c.version desc) filter (where ${where}))[1]`;

/** The stage by the rules of the table `lead`: a test holds the two to be equal once everything has happened. */
const stage = `case
    when h.move = 'lead.converted' then 'converted'
    when h.answered > coalesce(h.moved, 0) and h.answer <> 'lead.accepted' or h.move = 'lead.returned'
         and not coalesce(h.answered > h.moved, false) then h.fallback
    when h.answered > coalesce(h.moved, 0) then case when h.followed > h.answered then 'working' else 'accepted' end
    when h.move = 'lead.recycled' then 'nurturing'
    when h.move is null then 'captured'
    else substr(h.move, 6) end`;

const kept = ['source', 'channel', 'campaign', 'product-line', 'asset', 'account', 'industry', 'country'];
const times = ['month', 'quarter', 'week', 'day', 'weekday', 'hour'];

/** Leads with the stage in which they were; null where nothing is known of them by then. */
export const openLeadSet: DataSet = {
  ...dataSets.leads,
  rows: (ask, statement) => `(
    select l.*, then_.stage as stage_then
      from analytics_v1.lead l
      left join (
        select h.lead, ${stage} as stage
          from (select c.lead, ${latest(`c.name in ${moves}`)} as move, ${latest(`c.name in ${answers}`)} as answer,
                       max(c.version) filter (where c.name in ${moves}) as moved,
                       max(c.version) filter (where c.name in ${answers}) as answered,
                       max(c.version) filter (where c.name = 'lead.followed-up') as followed,
                       case when bool_or(c.name = 'lead.qualified') then 'qualified' else 'captured' end as fallback
                  from analytics_v1.lead_change c
                 where c.effective_at <= ${lastInstant(ask.at, ask.clock, statement)}
                 group by c.lead) h) then_ on then_.lead = l.lead)`,
  counts: '(d.stage_then is not null or d.captured_at is null)',
  dimensions: {
    stage: column('stage_then', 'stage as of then; null where nothing is dated by then'),
    ...Object.fromEntries(
      Object.entries(dataSets.leads.dimensions).filter(
        ([name]) => kept.includes(name) || times.includes(name),
      ),
    ),
  },
};

/**
 * Leads as of an instant: leads = open + converted + disqualified + undated, where undated are leads without a capture
 * time of which nothing is dated by then. A recycled lead (nurturing) is open.
 */
export function openLeads(database: Queryable, ask: Ask): Promise<GroupPage> {
  const having = (condition: string) => `count(*) filter (where ${condition})`;
  const counts = {
    leads: 'count(*)',
    open: having("d.stage_then not in ('converted', 'disqualified')"),
    nurturing: having("d.stage_then = 'nurturing'"),
    converted: having("d.stage_then = 'converted'"),
    disqualified: having("d.stage_then = 'disqualified'"),
    undated: having('d.stage_then is null'),
  };
  return countGroups(database, openLeadSet, { counts }, ask);
}
