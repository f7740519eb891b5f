import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import { dataSets } from './dimensions.table.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';

/** Members of the revenue team, and who of them owns no opportunity. */
export function members(database: Queryable, ask: Ask): Promise<GroupPage> {
  const counts = {
    members: 'count(*)',
    withOpportunity: 'count(*) filter (where d.opportunities > 0)',
    withoutOpportunity: 'count(*) filter (where d.opportunities = 0)',
  };
  return countGroups(database, dataSets.members, { counts }, ask);
}

/** Accounts that somebody described, and how many belong to another. */
export function accounts(database: Queryable, ask: Ask): Promise<GroupPage> {
  const counts = { accounts: 'count(*)', withParent: 'count(*) filter (where d.parent is not null)' };
  return countGroups(database, dataSets.accounts, { counts }, ask);
}
