import type { Precision } from '@throughline/contracts';
import { loadSql, type Queryable } from '@throughline/postgres';
import { UNKNOWN_CHANNEL, type Deal, type Moment, type PlacedTouch } from './deal.state.ts';

const readDealRows = loadSql(import.meta.url, './sql/read-deals.sql');
const planByIndex = loadSql(import.meta.url, './sql/plan-by-index.sql');
const readTouchRows = loadSql(import.meta.url, './sql/read-touches.sql');

interface DealRow {
  readonly opportunity: string;
  readonly outcome: Deal['outcome'];
  readonly account: string | null;
  readonly owner: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly opened_at: string | null;
  readonly opened_precision: Precision;
  readonly closed_at: string | null;
  readonly closed_precision: Precision;
  readonly lead_at: string | null;
  readonly lead_precision: Precision | null;
  readonly captures: readonly Moment[];
  readonly reopened: readonly Moment[];
  readonly leads: readonly string[];
  readonly lead_persons: readonly string[] | null;
  readonly accounts: readonly string[];
  readonly contacts: readonly string[];
  readonly won_before: readonly (Moment & { readonly opportunity: string })[];
}

interface TouchRow {
  readonly opportunity: string;
  readonly touch: string;
  readonly occurred_at: string | null;
  readonly kind: PlacedTouch['kind'];
  readonly channel: string | null;
  readonly person: string | null;
  readonly account: string | null;
  readonly lead: string | null;
  readonly named: boolean;
}

/**
 * Deals as the evidence has them now, with every touch that may belong to them; those that it does not know are left
 * out. To be called in a transaction.
 */
export async function readDeals(db: Queryable, opportunities: readonly string[]): Promise<Deal[]> {
  await db.query(planByIndex, ['off']);
  const deals = await db.query<DealRow>(readDealRows, [opportunities]);
  const touches = await db.query<TouchRow>(readTouchRows, [opportunities]);
  await db.query(planByIndex, ['on']);
  const byDeal = Map.groupBy(touches.rows, ({ opportunity }) => opportunity);
  return deals.rows.map((row) => ({
    opportunity: row.opportunity,
    outcome: row.outcome,
    account: row.account,
    owner: row.owner,
    amount: row.amount === null ? null : BigInt(row.amount),
    currency: row.currency,
    opened: { at: row.opened_at, precision: row.opened_precision },
    closed: { at: row.closed_at, precision: row.closed_precision },
    lead: { at: row.lead_at, precision: row.lead_precision ?? 'unknown' },
    captures: row.captures,
    reopened: row.reopened,
    leads: row.leads,
    leadPersons: unique(row.lead_persons ?? []),
    accounts: unique(row.accounts),
    contacts: unique(row.contacts),
    wonBefore: row.won_before,
    touches: (byDeal.get(row.opportunity) ?? []).map(touchOf),
  }));
}

function touchOf(row: TouchRow): PlacedTouch {
  const { touch: id, occurred_at, kind, channel, person, account, lead, named } = row;
  const at = occurred_at === null ? null : Date.parse(occurred_at);
  return { id, at, channel: channel ?? UNKNOWN_CHANNEL, kind, person, account, lead, named };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
