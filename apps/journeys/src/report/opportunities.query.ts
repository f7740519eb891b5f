import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import { type DataSet, dataSets } from './dimensions.table.ts';
import { daysBetween, moment } from './clock.query.ts';
import { distribution, percent } from './distribution.query.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';
import type { Statement } from './statement.query.ts';

const having = (status: string): string => `count(*) filter (where d.status = '${status}')`;
const money = { wonValue: { amount: 'd.won_amount', where: "d.status = 'won'" } };

/** Deals and what became of them. The win rate is over closed deals: won / (won + lost). */
export function opportunities(database: Queryable, ask: Ask): Promise<GroupPage> {
  const counts = (statement: Statement) => {
    const days = daysBetween(moment('opened_at'), moment('closed_at'), ask.clock, statement);
    const daysOf = (status: string) => distribution(`case when d.status = '${status}' then ${days} end`);
    return {
      opportunities: 'count(*)',
      open: having('open'),
      won: having('won'),
      lost: having('lost'),
      winRatePercent: percent(having('won'), `${having('won')} + ${having('lost')}`),
      wonWithoutAmount: "count(*) filter (where d.status = 'won' and d.won_amount is null)",
      daysToWon: daysOf('won'),
      daysToLost: daysOf('lost'),
      daysToClose: distribution(days),
    };
  };
  return countGroups(database, dataSets.opportunities, { counts, money }, ask);
}

/** Won deals only; `from` and `to` are of the win. */
export const winSet: DataSet = {
  ...dataSets.opportunities,
  instant: 'closed_at',
  counts: "d.status = 'won'",
};

/** Won deals, by the month they were won by default. */
export function wins(database: Queryable, ask: Ask): Promise<GroupPage> {
  const counts = { won: 'count(*)', wonWithoutAmount: 'count(*) filter (where d.won_amount is null)' };
  return countGroups(database, winSet, { counts, money }, ask);
}
