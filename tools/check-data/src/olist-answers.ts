import { Reports, topFive, type FunnelFigures, type GroupRow } from './reports.ts';
import type { Client } from '@throughline/client';

export const olistSource = 'urn:throughline:import:olist-funnel';

type FunnelRow = FunnelFigures & GroupRow;
type DealRow = GroupRow & { readonly opportunities: number; readonly won: number };

const dealFields = [
  'business_segment',
  'lead_type',
  'lead_behaviour_profile',
  'has_company',
  'has_gtin',
  'average_stock',
  'business_type',
  'declared_product_catalog_size',
];

/** What the reports answer to every figure of the data set's truth.json, in its shape. */
export async function olistAnswers(client: Client): Promise<Record<string, unknown>> {
  const reports = new Reports(client, olistSource);
  const { total } = await reports.one<{ total: FunnelFigures }>('funnel');
  const deals = await reports.one<{ total: { opportunities: number } }>('opportunities');
  const byOrigin = <T>(figure: (row: FunnelRow) => T) => reports.grouped('funnel', 'channel', figure);
  const wonBy = (dimension: string) =>
    reports.grouped<DealRow, number>('opportunities', dimension, ({ won }) => won);
  const revenue = await reports.one<{ total: string | null; aboveZero: number }>('attribute-total', {
    dataSet: 'opportunities',
    attribute: 'declared_monthly_revenue',
  });
  return {
    mql: total.leads,
    closed_deals: deals.total.opportunities,
    conversion_rate_pct: total.wonPercent,
    first_contact_date_range: await reports.range('lead captured', 10),
    won_date_range: await reports.range('opportunity won', 19),
    distinct: {
      landing_page_id: await reports.distinct('leads', 'attribute:landing_page_id'),
      sdr_id: await reports.distinct('opportunities', 'attribute:sdr_id'),
      sr_id: await reports.distinct('opportunities', 'owner'),
      seller_id: await reports.distinct('opportunities', 'account'),
      sdr_sr_pairs: await reports.distinct('opportunities', 'attribute:sdr_id', 'owner'),
      business_segment: await reports.distinct('opportunities', 'attribute:business_segment'),
    },
    by_origin: await byOrigin(({ leads, won, wonPercent }) => ({ mql: leads, won, rate_pct: wonPercent })),
    days_first_contact_to_won: total.daysToWon,
    median_days_to_won_by_origin: await byOrigin(({ daysToWon }) => daysToWon.median),
    won_before_first_contact: await reports.found('won-before-first-contact'),
    won_same_day: await reports.found('won-on-contact-day'),
    mql_by_month: await reports.grouped<FunnelRow, number>('funnel', 'month', ({ leads }) => leads),
    won_by_month: await reports.grouped<DealRow, number>('won-by-month', 'close-month', ({ won }) => won),
    declared_monthly_revenue_total: Number(revenue.total ?? 0),
    deals_with_declared_revenue_above_0: revenue.aboveZero,
    won_by_business_segment: await wonBy('attribute:business_segment'),
    won_by_lead_type: await wonBy('attribute:lead_type'),
    won_by_lead_behaviour_profile: await wonBy('attribute:lead_behaviour_profile'),
    won_by_business_type: await wonBy('attribute:business_type'),
    deals_by_sr_top5: topFive(await wonBy('owner')),
    deals_by_sdr_top5: topFive(await wonBy('attribute:sdr_id')),
    blank_cells: {
      mql: await reports.blanks('leads', { origin: 'channel' }),
      closed_deals: await reports.blanks(
        'opportunities',
        Object.fromEntries(dealFields.map((field) => [field, `attribute:${field}`])),
      ),
    },
  };
}
