import type { Queryable } from '@throughline/postgres';
import { pageFrom, type Slice } from '@throughline/service';
import type { Only } from './ask.query.ts';
import { refuseUnconverted, type Unconverted } from '../rate/missing-rate.ts';
import type { Into, Measured } from './computed.query.ts';
import { Conditions } from './conditions.query.ts';

export interface EntriesAsk extends Only, Slice {
  readonly measured: Measured;
  readonly model: string;
  /** what no touch deserves, deal by deal, instead of what touches do */
  readonly unattributed: boolean;
  /** null: each amount in its own currency */
  readonly into: Into | null;
}

const OF_CREDIT = `s.opportunity, s.model, s.model_version as "modelVersion", s.event_id as "creditEventId", s.currency,
         s.weight, s.amount, s.touch, s.person`;
const OF_DEAL = 'd.account, d.owner, d.closed_at as "closedAt", s.reason';
const touches = `
  select ${OF_CREDIT}, t.occurred_at as "occurredAt", t.type as "touchType", t.kind, t.team, t.channel, t.campaign, t.asset,
         t.actor as member, t.said_channel as "saidChannel", t.utm_source as "utmSource", t.utm_medium as "utmMedium",
         t.utm_campaign as "utmCampaign", t.grouping, ${OF_DEAL}
    from share s join deal d on d.opportunity = s.opportunity join evidence.touch t on t.event_id = s.touch`;
const rests = `
  select ${OF_CREDIT}, null::timestamptz as "occurredAt", null as "touchType", null as kind, null as team, null as channel,
         null as campaign, null as asset, null as member, null as "saidChannel", null as "utmSource",
         null as "utmMedium", null as "utmCampaign", null as grouping, ${OF_DEAL}
    from rest s join deal d on d.opportunity = s.opportunity`;

export type Entry = Readonly<Record<string, unknown>>;

interface Total {
  readonly currency: string | null;
  readonly entries: number;
  readonly opportunities: number;
  readonly weight: string | null;
  readonly amount: string | null;
}

/**
 * What a figure is the sum of: deals, touches and the events that say so, one a row; the total is of all pages. Page and
 * total are of one statement, so that what is converted is converted once.
 * @throws ProblemError `missing-rate`
 */
export async function creditEntries(db: Queryable, ask: EntriesAsk) {
  const { measured } = ask;
  const where = new Conditions(measured.values).add(ask.model, (place) => `s.model = ${place}`);
  where.narrow(ask, !ask.unattributed);
  const all = `${ask.unattributed ? rests : touches} where ${where.sql}`;
  const tables = `with ${measured.tables}, entry as materialized (${all})`;
  const order = `opportunity collate "C", "occurredAt", touch`;
  const found = await db.query<Entry & { readonly total: readonly Total[] }>(
    `${tables}, page as (
       select * from entry order by ${order} limit $${where.values.length + 1} offset $${where.values.length + 2}),
     sums as (
       select currency, count(*)::int as entries, count(distinct opportunity)::int as opportunities,
              sum(weight)::text as weight, sum(amount)::text as amount
         from entry group by currency)
     select page.*, total from (select json_agg(sums order by currency collate "C") as total from sums) all_of_it
       left join page on true order by ${order}`,
    [...where.values, ask.limit + 1, ask.offset],
  );
  const total = found.rows[0]?.total ?? [];
  const rows = found.rows.flatMap(({ total: _, ...entry }) => (entry['opportunity'] === null ? [] : [entry]));
  const to = ask.into?.rates.currency;
  if (ask.into !== null && total.some(({ currency }) => currency !== null && currency !== to)) {
    const other = await db.query<Unconverted>(
      `${tables} select distinct opportunity, currency from entry where currency <> $${where.values.length + 1}`,
      [...where.values, to],
    );
    await refuseUnconverted(db, ask.into, other.rows);
  }
  return { ...pageFrom<Entry>(rows, ask), total };
}
