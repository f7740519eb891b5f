import type { Queryable } from '@throughline/postgres';
import { creditReport, type Figure, type ReportRow } from '../report/credit-report.query.ts';
import { resolved } from '../report/measure.query.ts';

export interface ReturnAsk {
  readonly models: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  readonly now: Date;
}

/** How many days of the period begin before an instant. */
const daysBefore = (instant: string) =>
  `case when ${instant}::timestamptz is not null
        then least(days, greatest(0, ceil(extract(epoch from ${instant}::timestamptz - first) / 86400))) end`;

interface CampaignRow {
  readonly campaign: string;
  readonly currency: string | null;
  /** minor units; null: cost unknown, which is not 0 */
  readonly spend: string | null;
  readonly cost: 'known' | 'unknown';
  readonly revenue: Readonly<Record<string, Figure>>;
  readonly pipeline: Readonly<Record<string, Figure>>;
  /** credited revenue for each unit spent, six decimals cut off; null where either is unknown or nothing was spent */
  readonly perUnit: Readonly<Record<string, string | null>>;
}

/**
 * Spend of a period falls on its days: up to and with its nth day amount × n ÷ days, fractions cut off, so that windows
 * that follow each other sum to the amount. A day is in the window that its beginning (UTC) is in; spend of no period is
 * where it occurred.
 */
const spends = `
  with spend as (
    select campaign, currency, amount::numeric as amount, occurred_at, period_from::timestamp at time zone 'UTC' as first,
           (period_to::date - period_from::date + 1)::numeric as days from evidence.campaign_spend),
  part as (
    select campaign, currency, div(amount * d.upto, days) - div(amount * d.before, days) as amount
      from spend cross join lateral (
        select coalesce(${daysBefore('$1')}, 0) as before, coalesce(${daysBefore('$2')}, days) as upto) d
     where first is not null and d.upto > d.before
    union all
    select campaign, currency, amount from spend
     where first is null and ($1::timestamptz is null or occurred_at >= $1)
       and ($2::timestamptz is null or occurred_at < $2))
  select campaign, currency, sum(amount)::text as spend from part group by campaign, currency`;

const EVERYTHING = { limit: 1_000_000, offset: 0 };

/**
 * What each campaign cost, and the revenue and pipeline credited to its touches under each model, by currency. The
 * window is of closed deals and of the days of spend in it; pipeline is as it stands, whatever the window.
 * Spend of a campaign in another currency is a row of its own: nothing is converted.
 */
export async function campaignReturn(db: Queryable, { models: asked, from, to, now }: ReturnAsk) {
  const ask = { date: 'closed' as const, only: [], blank: [], group: ['campaign' as const] };
  const inForce = await resolved(db, { measure: 'revenue', models: asked }, now);
  const asItStands = await resolved(db, { measure: 'pipeline', models: asked }, now);
  const { models } = inForce;
  const revenue = await creditReport(db, {
    ...{ ...ask, ...EVERYTHING, ...inForce, from, to },
  });
  const pipeline = await creditReport(db, {
    ...{ ...ask, ...EVERYTHING, ...asItStands, from: null, to: null },
  });
  const { rows: spent } = await db.query<{ campaign: string; currency: string | null; spend: string }>(
    spends,
    [from, to],
  );
  const name = (campaign: string, currency: string | null) => JSON.stringify([campaign, currency]);
  const spendOf = new Map(spent.map((it) => [name(it.campaign, it.currency), it]));
  const credited = (rows: readonly ReportRow[]) =>
    new Map(rows.flatMap((row) => (row.key['campaign'] == null ? [] : [[keyOf(row, name), row] as const])));
  const [won, open] = [credited(revenue.items), credited(pipeline.items)];
  const keys = [...new Set([...spendOf.keys(), ...won.keys(), ...open.keys()])].sort();
  const items = keys.map((key): CampaignRow => {
    const [campaign, currency] = JSON.parse(key) as [string, string | null];
    const spend = spendOf.get(key)?.spend ?? null;
    const of = won.get(key)?.models ?? {};
    return {
      ...{ campaign, currency, spend, cost: spend === null ? 'unknown' : 'known' },
      ...{ revenue: of, pipeline: open.get(key)?.models ?? {} },
      perUnit: Object.fromEntries(models.map((model) => [model, perUnit(of[model]?.amount ?? null, spend)])),
    };
  });
  return { items, next: null };
}

function keyOf(row: ReportRow, name: (campaign: string, currency: string | null) => string): string {
  return name(row.key['campaign'] ?? '', row.currency);
}

function perUnit(revenue: string | null, spend: string | null): string | null {
  if (revenue === null || spend === null || BigInt(spend) <= 0n) return null;
  const millionths = (BigInt(revenue) * 1_000_000n) / BigInt(spend);
  return `${millionths / 1_000_000n}.${String(millionths % 1_000_000n).padStart(6, '0')}`;
}
