/** SQL: the day (UTC) by whose rate a deal `d` that closed is converted, at the end of its close; `o` is its evidence. */
export const CLOSE_DAY = `
  case o.closed_precision
    when 'month' then (date_trunc('month', d.closed_at at time zone 'UTC') + interval '1 month' - interval '1 day')::date
    else (d.closed_at at time zone 'UTC')::date end`;

/** SQL: what a minor unit of `from` is worth in minor units of `to` on a day, by the latest rate up to then; else null. */
export const factorOn = (from: string, to: string, day: string): string => `
  (select r.factor from exchange_rate r
    where r.from_currency = ${from} and r.to_currency = ${to} and r.day <= ${day} order by r.day desc limit 1)`;

/** SQL: an amount at a factor, rounded half up once; below 0 as its opposite is. */
export const atFactor = (amount: string, factor: string): string =>
  `(sign(${amount}::numeric) * floor(abs(${amount}::numeric) * ${factor} + 0.5))`;
