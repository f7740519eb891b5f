import type { Queryable } from '@throughline/postgres';
import { refusal } from '../attribution.error.ts';
import { readDefinitions } from '../credit/credit-book.ts';
import { countsOf } from '../credit/credit.decider.ts';
import { readDeals } from '../credit/deals.query.ts';
import type { Credit } from '../credit/deal.state.ts';
import { worthIn } from './deal-in-currency.ts';

const readDeal = `
  select opportunity, outcome, account, owner, amount, currency, opened_at as "openedAt", closed_at as "closedAt"
    from deal where opportunity = $1`;
const readPath = `
  select p.place, p.touch, p.person, t.occurred_at as "occurredAt", t.type as "touchType", t.team, t.channel,
         t.campaign, t.asset, t.actor as member, t.said_channel as "saidChannel", t.utm_source as "utmSource",
         t.utm_medium as "utmMedium", t.utm_campaign as "utmCampaign", t.grouping
    from deal_touch p join evidence.touch t on t.event_id = p.touch
   where p.opportunity = $1 order by p.place`;
const readCredit = `
  select c.event_id as "creditEventId", c.said
    from credit c where c.opportunity = $1 order by c.model collate "C"`;

/**
 * A deal, the touches on its path, and its credit under every model, each as it was said, with the touches that count now.
 * To be called in a transaction.
 * @param currency to convert to, at its close, an open deal at `asked`; undefined: amounts stay as they were said
 * @throws ProblemError `missing-rate`
 */
export async function dealBreakdown(
  db: Queryable,
  opportunity: string,
  currency: string | undefined,
  asked: Date,
) {
  const [deal] = (await db.query<Record<string, unknown>>(readDeal, [opportunity])).rows;
  if (!deal) {
    throw refusal('opportunity-unknown', 'No opportunity has this id.', {
      field: 'id',
      remedy: 'Check the id; with `after` the query waits for your own write.',
    });
  }
  const path = await db.query<{ touch: string }>(readPath, [opportunity]);
  const credit = await db.query<{ creditEventId: string; said: string }>(readCredit, [opportunity]);
  const [now] = await readDeals(db, [opportunity]);
  const definitions = await readDefinitions(db);
  const worth = currency === undefined || !now ? null : await worthIn(db, now, currency, asked);
  return {
    ...deal,
    ...(worth && { amount: worth.amount, currency: worth.currency, rate: worth.rate }),
    path: path.rows,
    models: credit.rows.map(({ creditEventId, said }) => {
      const credited = JSON.parse(said) as Credit;
      const { opportunity: _, ...data } = { ...credited, ...worth?.dealt(credited) };
      return { creditEventId, ...data, ...(now && countsOf(now, data.model, definitions)) };
    }),
  };
}
