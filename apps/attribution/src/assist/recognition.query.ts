import type { Queryable } from '@throughline/postgres';
import type { Precision } from '@throughline/contracts';
import { pageFrom, type Slice } from '@throughline/service';
import { toldInCurrency } from '../rate/in-currency.ts';
import { worthIn } from '../rate/close-day.ts';
import { refuseUnconverted, type Unconverted } from '../rate/missing-rate.ts';
import { RatesTo } from '../rate/rates-to.ts';

export interface RecognitionAsk extends Slice {
  readonly from: string | null;
  readonly to: string | null;
  /** undefined: each amount in its own */
  readonly currency: string | undefined;
  readonly now: Date;
}

const wins = `
  select d.opportunity, d.account, o.name, d.amount, d.currency, d.closed_at as "wonAt", o.closed_event as "eventId",
         coalesce(o.closed_by, d.owner) as closer, m.function as "closerFunction", o.contributors as named, o.closed_precision as precision
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

/** Wins of the whole window whose amounts stay in another currency than the one at $3. */
const unconverted = `
  select d.opportunity, w.currency
    from deal d join evidence.opportunity o on o.opportunity = d.opportunity ${worthIn('$3', '$4')}
   where d.outcome = 'won' and ($1::timestamptz is null or d.closed_at >= $1)
     and ($2::timestamptz is null or d.closed_at < $2) and w.currency <> $3`;

interface Win {
  readonly opportunity: string;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly wonAt: string | null;
  readonly precision: Precision;
}

interface Contributor {
  readonly opportunity: string;
  readonly function: string | null;
}

/**
 * An entry at each win, the latest first, that names who had part on both sides, not the closer alone: members where
 * they are known, else the campaigns. Whose side a touch was on is what its member is, else what the touch says. The
 * first page asks for the rates of all wins, so that no page after it lacks one that stood missing then.
 * @throws ProblemError `missing-rate`
 */
export async function recognition(db: Queryable, ask: RecognitionAsk) {
  const { from, to, limit, offset } = ask;
  const { rows } = await db.query<Win>(wins, [from, to, limit + 1, offset]);
  const { items: won, next } = pageFrom(rows, { limit, offset });
  const page = await converted(db, won, ask);
  const found = await db.query<Contributor>(contributors, [page.map(({ opportunity }) => opportunity)]);
  const byDeal = Map.groupBy(found.rows, ({ opportunity }) => opportunity);
  const items = page.map(({ precision: _, ...win }) => {
    const of = byDeal.get(win.opportunity) ?? [];
    return { ...win, marketing: on('marketing', of), sales: on('sales', of), unknown: on(null, of) };
  });
  return { items, next };
}

async function converted(
  db: Queryable,
  page: readonly Win[],
  { currency: to, from, to: until, offset, now }: RecognitionAsk,
): Promise<readonly Win[]> {
  if (to === undefined) return page;
  const rates = await RatesTo.read(db, to);
  const wins = page.map((win) => {
    const closed = { at: win.wonAt, precision: win.precision };
    const own = { outcome: 'won' as const, closed, currency: win.currency };
    const amount = win.amount === null ? null : BigInt(win.amount);
    const worth = toldInCurrency({ ...own, amount }, rates, now.getTime());
    return { ...win, amount: worth.amount === null ? null : String(worth.amount), currency: worth.currency };
  });
  const foreign =
    offset === 0
      ? (await db.query<Unconverted>(unconverted, [from, until, to, now.toISOString()])).rows
      : wins.flatMap(({ opportunity, currency }) =>
          currency === null || currency === to ? [] : [{ opportunity, currency }],
        );
  await refuseUnconverted(db, { rates, now }, foreign);
  return wins;
}

function on(side: string | null, all: readonly Contributor[]) {
  return all
    .filter((it) => it.function === side)
    .map(({ opportunity: _, function: __, ...contributor }) => contributor);
}
