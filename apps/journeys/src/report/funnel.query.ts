import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import { dataSets } from './dimensions.table.ts';
import { daysBetween, moment } from './clock.query.ts';
import { distribution, percent } from './distribution.query.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';
import type { Statement } from './statement.query.ts';

const ever = (milestone: string): string => `count(*) filter (where d.${milestone}_count > 0)`;

/**
 * How far leads came. A milestone counts once it was ever reached, so a recycled lead still counts as
 * offered. Won: a deal that the lead was converted to, or that names the lead, is won now.
 */
export function funnel(database: Queryable, ask: Ask): Promise<GroupPage> {
  const won = 'count(*) filter (where d.won)';
  const days = (statement: Statement) =>
    daysBetween(moment('captured_at'), moment('won_at'), ask.clock, statement);
  const counts = (statement: Statement) => ({
    leads: 'count(*)',
    captured: ever('captured'),
    qualified: ever('qualified'),
    offered: ever('offered'),
    accepted: ever('accepted'),
    rejected: ever('rejected'),
    expired: ever('expired'),
    followedUp: ever('followed_up'),
    recycled: ever('recycled'),
    disqualified: ever('disqualified'),
    converted: ever('converted'),
    won,
    qualifiedPercent: percent(ever('qualified'), 'count(*)'),
    acceptedPercent: percent(ever('accepted'), ever('offered')),
    convertedPercent: percent(ever('converted'), 'count(*)'),
    wonPercent: percent(won, 'count(*)'),
    daysToWon: distribution(days(statement)),
  });
  return countGroups(database, dataSets.leads, { counts }, ask);
}
