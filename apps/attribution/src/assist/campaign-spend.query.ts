import type { Queryable } from '@throughline/postgres';
import { atFactor, factorOn } from '../rate/close-day.ts';
import { refuseMissing } from '../rate/missing-rate.ts';

/** How many days of the period begin before an instant. */
const daysBefore = (instant: string) =>
  `case when ${instant}::timestamptz is not null
        then least(days, greatest(0, ceil(extract(epoch from ${instant}::timestamptz - first) / 86400))) end`;

/**
 * Spend of a period falls on its days: up to and with its nth day amount × n ÷ days, fractions cut off, so that windows
 * that follow each other sum to the amount. A day is in the window that its beginning (UTC) is in; spend of no period is
 * where it occurred. Each amount is converted once, whole, at the last day of its period, before it is divided; of spend
 * that nobody dated it is unknown.
 */
const spends = `
  with said as (
    select campaign, currency, amount::numeric as amount, occurred_at, period_from::timestamp at time zone 'UTC' as first,
           (period_to::date - period_from::date + 1)::numeric as days,
           coalesce(period_to::date,
                    (end_of_moment(occurred_at, occurred_precision) at time zone 'UTC')::date) as day
      from evidence.campaign_spend),
  rated as (
    select s.*, $3::text is not null and currency <> $3 as is_foreign, ${factorOn('currency', '$3', 's.day')} as factor
      from said s),
  spend as (
    select campaign, occurred_at, first, days, day,
           case when is_foreign and day is null then null when is_foreign and factor is not null then $3 else currency end
             as currency,
           case when is_foreign and day is null then null
                when is_foreign and factor is not null then ${atFactor('amount', 'factor')} else amount end as amount
      from rated),
  part as (
    select campaign, currency, day, div(amount * d.upto, days) - div(amount * d.before, days) as amount
      from spend cross join lateral (
        select coalesce(${daysBefore('$1')}, 0) as before, coalesce(${daysBefore('$2')}, days) as upto) d
     where first is not null and d.upto > d.before
    union all
    select campaign, currency, day, amount from spend
     where first is null and ($1::timestamptz is null or occurred_at >= $1)
       and ($2::timestamptz is null or occurred_at < $2))
  select campaign, currency, sum(amount)::text as spend, min(day)::text as day, count(*)::int as count
    from part group by campaign, currency order by campaign collate "C", currency collate "C"`;

export interface CampaignSpend {
  readonly campaign: string;
  readonly currency: string | null;
  /** minor units; null: not known */
  readonly spend: string | null;
}

/**
 * What campaigns cost in a window, by currency, or in one where one is given.
 * @throws ProblemError `missing-rate`
 */
export async function campaignSpend(
  db: Queryable,
  from: string | null,
  to: string | null,
  currency: string | undefined,
): Promise<readonly CampaignSpend[]> {
  const { rows } = await db.query<CampaignSpend & { readonly day: string; readonly count: number }>(spends, [
    ...[from, to, currency ?? null],
  ]);
  if (currency === undefined) return rows;
  const foreign = rows.flatMap((row) =>
    row.currency === null || row.currency === currency ? [] : [{ ...row, currency: row.currency }],
  );
  const lacking = [...Map.groupBy(foreign, (row) => row.currency)].map(([of, all]) => ({
    currency: of,
    day: all.reduce((first, { day }) => (day < first ? day : first), all[0]?.day ?? ''),
    count: all.reduce((sum, { count }) => sum + count, 0),
  }));
  refuseMissing(currency, lacking, 'spend');
  return rows;
}
