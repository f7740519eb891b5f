import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import { lastInstant } from './clock.query.ts';
import { column, type DataSet, lasting } from './dimensions.table.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';

const latest = (name: string, where: string): string =>
  `(array_agg(c.${name} order by c.version desc) filter (where ${where}))[1] as ${name}`;

/** Deals with status, stage, owner and amount as they were; status is null where nothing is known of them by then. */
export const pipelineSet: DataSet = {
  view: 'opportunity',
  rows: (ask, statement) => `(
    select o.opportunity, o.source, o.product, o.product_line, o.account, o.parent_account, o.industry, o.country,
           o.process, o.attributes, o.opened_at, o.opened_precision, past.status, past.stage, past.owner, past.amount,
           past.currency, m.manager, m.office
      from analytics_v1.opportunity o
      left join (
        select c.opportunity, ${latest('status', 'c.status is not null')}, ${latest('stage', 'c.stage is not null')},
               ${latest('owner', 'c.sets_owner')}, ${latest('amount', 'c.sets_amount')}, ${latest('currency', 'c.sets_amount')}
          from analytics_v1.opportunity_change c
         where c.effective_at <= ${lastInstant(ask.at, ask.clock, statement)}
         group by c.opportunity) past on past.opportunity = o.opportunity
      left join analytics_v1.member m on m.member = past.owner)`,
  instant: 'opened_at',
  counts: "(d.status = 'open' or d.status is null and d.opened_at is null)",
  attributes: true,
  deals: true,
  dimensions: {
    stage: column('stage', 'stage as of then; null where it is not known that the deal was open'),
    owner: column('owner', 'owner as of then'),
    manager: column('manager', 'manager of that owner, as described now'),
    office: column('office', 'office of that owner, as described now'),
    currency: column('currency', 'currency of the amount as of then'),
    ...lasting(),
  },
};

/**
 * Open deals as of an instant, and what they were thought to be worth. `undated` are deals of which nothing is dated
 * by then and whose opening has no time: they may have been open.
 */
export function pipeline(database: Queryable, ask: Ask): Promise<GroupPage> {
  const open = "d.status = 'open'";
  const counts = {
    open: `count(*) filter (where ${open})`,
    openWithoutAmount: `count(*) filter (where ${open} and d.amount is null)`,
    undated: 'count(*) filter (where d.status is null)',
  };
  return countGroups(
    database,
    pipelineSet,
    { counts, money: { openValue: { amount: 'd.amount', where: open } } },
    ask,
  );
}
