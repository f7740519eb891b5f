import type { Queryable } from '@throughline/postgres';
import { pageFrom, type Slice } from '@throughline/service';
import { creditReport, type Figure, type ReportRow } from '../report/credit-report.query.ts';
import { resolved } from '../report/measure.query.ts';
import { campaignSpend } from './campaign-spend.query.ts';

export interface ReturnAsk extends Slice {
  readonly models: readonly string[];
  readonly from: string | null;
  readonly to: string | null;
  /** pipeline is of deals opened in this window */
  readonly openedFrom: string | null;
  readonly openedTo: string | null;
  /** undefined: each amount in its own */
  readonly currency: string | undefined;
  readonly now: Date;
}

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

const EVERYTHING = { limit: 1_000_000, offset: 0 };

const NARROW_OPENED = {
  ...{ what: 'Pipeline', field: 'openedFrom' },
  remedy: 'by openedFrom and openedTo, the window in which they were opened.',
};

/**
 * What each campaign cost, and the revenue and pipeline credited to its touches under each model, by currency. The
 * window is of closed deals and of the days of spend in it; pipeline is as it stands, of deals that were opened in a
 * window of its own. Spend of a campaign in another currency is a row of its own, unless all is converted to one.
 * @throws ProblemError `missing-rate`; and where more deals are open than are computed for one answer
 */
export async function campaignReturn(db: Queryable, ask: ReturnAsk) {
  const { models: asked, from, to, currency, now, limit, offset } = ask;
  const every = { only: [], blank: [] };
  const closed = { ...every, date: 'closed' as const, from, to };
  const opened = { ...every, date: 'created' as const, from: ask.openedFrom, to: ask.openedTo };
  const inForce = await resolved(db, { measure: 'revenue', models: asked, currency, only: closed }, now);
  const asItStands = await resolved(
    db,
    { measure: 'pipeline', models: asked, currency, only: opened, narrowing: NARROW_OPENED },
    now,
  );
  const { models } = inForce;
  const group = ['campaign' as const];
  const revenue = await creditReport(db, { ...closed, ...EVERYTHING, ...inForce, group });
  const pipeline = await creditReport(db, { ...opened, ...EVERYTHING, ...asItStands, group });
  const spent = await campaignSpend(db, from, to, currency);
  const name = (campaign: string, currency: string | null) => JSON.stringify([campaign, currency]);
  const spendOf = new Map(spent.map((it) => [name(it.campaign, it.currency), it]));
  const credited = (rows: readonly ReportRow[]) =>
    new Map(rows.flatMap((row) => (row.key['campaign'] == null ? [] : [[keyOf(row, name), row] as const])));
  const [won, open] = [credited(revenue.items), credited(pipeline.items)];
  const keys = [...new Set([...spendOf.keys(), ...won.keys(), ...open.keys()])].sort();
  const items = keys.slice(offset, offset + limit + 1).map((key): CampaignRow => {
    const [campaign, currency] = JSON.parse(key) as [string, string | null];
    const spend = spendOf.get(key)?.spend ?? null;
    const of = won.get(key)?.models ?? {};
    return {
      ...{ campaign, currency, spend, cost: spend === null ? 'unknown' : 'known' },
      ...{ revenue: of, pipeline: open.get(key)?.models ?? {} },
      perUnit: Object.fromEntries(models.map((model) => [model, perUnit(of[model]?.amount ?? null, spend)])),
    };
  });
  return pageFrom(items, { limit, offset });
}

function keyOf(row: ReportRow, name: (campaign: string, currency: string | null) => string): string {
  return name(row.key['campaign'] ?? '', row.currency);
}

function perUnit(revenue: string | null, spend: string | null): string | null {
  if (revenue === null || spend === null || BigInt(spend) <= 0n) return null;
  const millionths = (BigInt(revenue) * 1_000_000n) / BigInt(spend);
  return `${millionths / 1_000_000n}.${String(millionths % 1_000_000n).padStart(6, '0')}`;
}
