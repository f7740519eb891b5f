import type { Queryable } from '@throughline/postgres';
import { pageFrom, type Slice } from '@throughline/service';

export interface RecognitionAsk extends Slice {
  readonly from: string | null;
  readonly to: string | null;
}

const wins = `
  select d.opportunity, d.account, o.name, d.amount, d.currency, d.closed_at as "wonAt", o.closed_event as "eventId",
         coalesce(o.closed_by, d.owner) as closer, m.function as "closerFunction", o.contributors as named
    from deal d join evidence.opportunity o on o.opportunity = d.opportunity
    left join evidence.member m on m.member = coalesce(o.closed_by, d.owner)
   where d.outcome = 'won' and ($1::timestamptz is null or d.closed_at >= $1)
     and ($2::timestamptz is null or d.closed_at < $2)
   order by d.closed_at desc nulls last, d.opportunity collate "C" limit $3 offset $4`;

/** One row a contributor and deal: a member where one is known, else the campaign, else the team alone. */
const contributors = `
  select p.opportunity, coalesce(m.function, t.team) as function, t.actor as member,
         case when t.actor is null then t.campaign end as campaign,
         count(*)::int as touches, bool_or(p.place = 1) as sourced, bool_or(p.place < e.last) as assisted,
         bool_or(p.place = e.last) as closed, jsonb_agg(distinct t.channel) as channels,
         (array_agg(p.touch order by p.place))[1:20] as "touchIds"
    from deal_touch p join evidence.touch t on t.event_id = p.touch
    left join evidence.member m on m.member = t.actor
   cross join lateral (select max(place) as last from deal_touch l where l.opportunity = p.opportunity) e
   where p.opportunity = any ($1::text[])
   group by p.opportunity, coalesce(m.function, t.team), t.actor, case when t.actor is null then t.campaign end
   order by p.opportunity collate "C", min(p.place)`;

interface Contributor {
  readonly opportunity: string;
  readonly function: string | null;
}

/**
 * An entry at each win, the latest first, that names who had part on both sides, not the closer alone: members where
 * they are known, else the campaigns. Whose side a touch was on is what its member is, else what the touch says.
 */
export async function recognition(db: Queryable, { from, to, limit, offset }: RecognitionAsk) {
  const { rows } = await db.query<{ opportunity: string }>(wins, [from, to, limit + 1, offset]);
  const { items: page, next } = pageFrom(rows, { limit, offset });
  const found = await db.query<Contributor>(contributors, [page.map(({ opportunity }) => opportunity)]);
  const byDeal = Map.groupBy(found.rows, ({ opportunity }) => opportunity);
  const items = page.map((win) => {
    const of = byDeal.get(win.opportunity) ?? [];
    return { ...win, marketing: on('marketing', of), sales: on('sales', of), unknown: on(null, of) };
  });
  return { items, next };
}

function on(side: string | null, all: readonly Contributor[]) {
  return all
    .filter((it) => it.function === side)
    .map(({ opportunity: _, function: __, ...contributor }) => contributor);
}
