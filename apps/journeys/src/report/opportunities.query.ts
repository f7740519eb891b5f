import type { Queryable } from '@throughline/postgres';
import type { Ask } from './ask.query.ts';
import { dataSets } from './dimensions.table.ts';
import { distribution, percent } from './distribution.query.ts';
import { countGroups, type GroupPage } from './grouped.query.ts';

const having = (status: string): string => `count(*) filter (where d.status = '${status}')`;
const money = { wonValue: { amount: 'd.won_amount', where: "d.status = 'won'" } };

/** Deals and what became of them. The win rate is over closed deals: won / (won + lost). */
export function opportunities(database: Queryable, ask: Ask): Promise<GroupPage> {
  const counts = {
    opportunities: 'count(*)',
    open: having('open'),
    won: having('won'),
    lost: having('lost'),
    winRatePercent: percent(having('won'), `${having('won')} + ${having('lost')}`),
    wonWithoutAmount: "count(*) filter (where d.status = 'won' and d.won_amount is null)",
    daysToWon: distribution('d.days_to_won'),
    daysToLost: distribution('d.days_to_lost'),
    daysToClose: distribution('d.days_to_close'),
  };
  return countGroups(database, dataSets.opportunities, { counts, money }, ask);
}

/** Won deals only, by the month they were won unless told otherwise. */
export function wins(database: Queryable, ask: Ask): Promise<GroupPage> {
  const counts = { won: 'count(*)', wonWithoutAmount: 'count(*) filter (where d.won_amount is null)' };
  return countGroups(database, dataSets.opportunities, { counts, money }, ask);
}
