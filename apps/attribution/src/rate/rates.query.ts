import type { Queryable } from '@throughline/postgres';
import { pageFrom, type Page, type Slice } from '@throughline/service';

export interface StandingRate {
  readonly from: string;
  readonly to: string;
  readonly day: string;
  readonly rate: string;
  readonly by: string | null;
  readonly setAt: string;
  readonly eventId: string;
}

export interface RatesAsk extends Slice {
  readonly from: string | null;
  readonly to: string | null;
}

/** Rates that stand, by pair, the earliest day first. */
export async function standingRates(
  db: Queryable,
  { from, to, limit, offset }: RatesAsk,
): Promise<Page<StandingRate>> {
  const { rows } = await db.query<StandingRate>(
    `select from_currency as "from", to_currency as "to", day::text as day, rate, set_by as "by", set_at as "setAt",
            event_id as "eventId"
       from exchange_rate
      where ($1::text is null or from_currency = $1) and ($2::text is null or to_currency = $2)
      order by from_currency collate "C", to_currency collate "C", day limit $3 offset $4`,
    [from, to, limit + 1, offset],
  );
  return pageFrom(rows, { limit, offset });
}
