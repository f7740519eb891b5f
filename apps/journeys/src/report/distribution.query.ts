/**
 * SQL for the spread of a column of whole numbers within a group, as one json value (jsonb would order its names by length).
 * Median: mean of the two middles. Percentiles: nearest rank (the smallest value with at least p per cent of
 * the values at or below it). As text where values may be beyond 2^53, which JSON numbers do not carry. All in integers and numeric, so no rounding but that of the mean (4 places).
 * Nulls are left out; a group without values gives n 0 and null for the rest.
 */
export function distribution(column: string, as: 'number' | 'text' = 'number'): string {
  const cast = as === 'text' ? '::text' : '';
  const sorted = `(array_agg(${column} order by ${column}) filter (where ${column} is not null))`;
  const n = `count(${column})`;
  return `json_build_object(
    'n', ${n}, 'min', min(${column})${cast}, 'p25', ${nearestRank(sorted, n, 25)}${cast},
    'median', trim_scale((${sorted}[(${n} + 1) / 2]::numeric + ${sorted}[${n} / 2 + 1]) * 0.5)${cast},
    'mean', ${mean(column)}${cast}, 'p75', ${nearestRank(sorted, n, 75)}${cast},
    'p90', ${nearestRank(sorted, n, 90)}${cast}, 'max', max(${column})${cast})`;
}

/** SQL: a mean with four places. PostgreSQL divides great numbers to whole ones unless one of them has places. */
export function mean(column: string): string {
  return `trim_scale(round((sum(${column}) + 0::numeric(30, 20)) / nullif(count(${column}), 0), 4))`;
}

/** A share in per cent with four places; null when there is nothing to divide by. */
export function percent(part: string, whole: string): string {
  return `trim_scale(round(100.0 * (${part}) / nullif(${whole}, 0), 4))`;
}

function nearestRank(sorted: string, n: string, p: number): string {
  return `${sorted}[(${p} * ${n} + 99) / 100]`;
}
