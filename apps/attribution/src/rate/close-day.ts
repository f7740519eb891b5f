/** SQL: the day (UTC) by whose rate a deal `d` that closed is converted, at the end of its close; `o` is its evidence. */
export const CLOSE_DAY = `(end_of_moment(d.closed_at, o.closed_precision) at time zone 'UTC')::date`;

/** SQL: what a minor unit of `from` is worth in minor units of `to` on a day, by the latest rate up to then; else null. */
export const factorOn = (from: string, to: string, day: string): string => `
  (select r.factor from exchange_rate r
    where r.from_currency = ${from} and r.to_currency = ${to} and r.day <= ${day} order by r.day desc limit 1)`;

/** SQL: an amount at a factor, rounded half up once; below 0 as its opposite is. */
export const atFactor = (amount: string, factor: string): string =>
  `(sign(${amount}::numeric) * floor(abs(${amount}::numeric) * ${factor} + 0.5))`;

/**
 * SQL: joins `w` (amount, currency) to a deal `d` with its evidence `o`: its amount in another currency, as `inCurrency`
 * converts.
 * @param now place of the instant that open deals are converted at
 */
export const worthIn = (to: string, now: string): string => `
  cross join lateral (
    select case when d.outcome = 'open' then (${now}::timestamptz at time zone 'UTC')::date else ${CLOSE_DAY} end as day
  ) closed
  cross join lateral (select ${factorOn('d.currency', to, 'closed.day')} as factor) rated
  cross join lateral (
    select case when d.currency = ${to} or (closed.day is not null and factor is null) then d.currency
                when d.currency is not null and closed.day is not null then ${to} end as currency,
           case when d.currency is null or d.currency = ${to} or (closed.day is not null and factor is null) then d.amount
                when closed.day is not null then ${atFactor('d.amount', 'factor')} end as amount) w`;
