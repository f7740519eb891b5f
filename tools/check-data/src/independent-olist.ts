import {
  blanks,
  count,
  day,
  distinct,
  extent,
  group,
  label,
  median,
  rate,
  rows,
  spread,
  sum,
  type Figures,
  type Row,
} from './independent-arithmetic.ts';

/** Every figure of the data set's truth.json, read from its two CSV files alone. */
export function olistFigures(folder: string): Figures {
  const leads = rows(folder, 'marketing_qualified_leads', 'mql_id');
  const deals = rows(folder, 'closed_deals', 'mql_id');
  const dealOf = new Map(deals.map((deal) => [deal['mql_id'], deal]));
  const days = (all: Row[]) =>
    all.flatMap((lead) =>
      dealOf.has(lead['mql_id'])
        ? [day(dealOf.get(lead['mql_id'])?.['won_date']) - day(lead['first_contact_date'])]
        : [],
    );
  const wonOf = (all: Row[]) => all.filter((lead) => dealOf.has(lead['mql_id'])).length;
  const top = (column: string) =>
    Object.fromEntries(
      Object.entries(count(deals, (d) => label(d[column])))
        .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
        .slice(0, 5),
    );
  const revenue = deals.map((deal) => Number(deal['declared_monthly_revenue']));
  const dealColumns = [
    'business_segment',
    'lead_type',
    'lead_behaviour_profile',
    'has_company',
    'has_gtin',
    'average_stock',
    'business_type',
    'declared_product_catalog_size',
  ];
  return {
    mql: leads.length,
    closed_deals: deals.length,
    conversion_rate_pct: rate(wonOf(leads), leads.length),
    first_contact_date_range: extent(leads.map((lead) => lead['first_contact_date'] ?? '')),
    won_date_range: extent(deals.map((deal) => deal['won_date'] ?? '')),
    distinct: {
      landing_page_id: distinct(leads, 'landing_page_id'),
      sdr_id: distinct(deals, 'sdr_id'),
      sr_id: distinct(deals, 'sr_id'),
      seller_id: distinct(deals, 'seller_id'),
      sdr_sr_pairs: distinct(deals, 'sdr_id', 'sr_id'),
      business_segment: distinct(
        deals.filter((d) => d['business_segment'] !== ''),
        'business_segment',
      ),
    },
    by_origin: group(
      leads,
      (lead) => label(lead['origin']),
      (all) => ({ mql: all.length, won: wonOf(all), rate_pct: rate(wonOf(all), all.length) }),
    ),
    days_first_contact_to_won: spread(days(leads)),
    median_days_to_won_by_origin: group(
      leads,
      (lead) => label(lead['origin']),
      (all) => median(days(all)),
    ),
    won_before_first_contact: days(leads).filter((each) => each < 0).length,
    won_same_day: days(leads).filter((each) => each === 0).length,
    mql_by_month: count(leads, (lead) => (lead['first_contact_date'] ?? '').slice(0, 7)),
    won_by_month: count(deals, (deal) => (deal['won_date'] ?? '').slice(0, 7)),
    declared_monthly_revenue_total: sum(revenue),
    deals_with_declared_revenue_above_0: revenue.filter((each) => each > 0).length,
    ...Object.fromEntries(
      ['business_segment', 'lead_type', 'lead_behaviour_profile', 'business_type'].map((c) => [
        `won_by_${c}`,
        count(deals, (d) => label(d[c])),
      ]),
    ),
    deals_by_sr_top5: top('sr_id'),
    deals_by_sdr_top5: top('sdr_id'),
    blank_cells: { mql: blanks(leads, ['origin']), closed_deals: blanks(deals, dealColumns) },
  };
}
