import {
  count,
  day,
  group,
  label,
  median,
  rows,
  spread,
  type Figures,
  type Row,
} from './independent-arithmetic.ts';

const weekday = (date = '') => String(new Date(`${date.slice(0, 10)}T00:00:00Z`).getUTCDay() || 7);

/** What is asked beside truth.json, from the CSV files alone. */
export function olistAskedFigures(folder: string): Figures {
  const leads = rows(folder, 'marketing_qualified_leads', 'mql_id');
  const deals = rows(folder, 'closed_deals', 'mql_id');
  const dealOf = new Map(deals.map((deal) => [deal['mql_id'], deal]));
  const leadOf = new Map(leads.map((lead) => [lead['mql_id'], lead]));
  const within = (lead: Row) => {
    const deal = dealOf.get(lead['mql_id']);
    return deal !== undefined && day(deal['won_date']) - day(lead['first_contact_date']) <= 30;
  };
  return {
    won_within_30_days: group(
      leads,
      (lead) => (lead['first_contact_date'] ?? '').slice(0, 7),
      (all) => all.filter(within).length,
    ),
    perhaps_open_on_2018_03_31: deals.filter((deal) => day(deal['won_date']) > day('2018-03-31')).length,
    won_by_weekday: count(deals, (deal) => weekday(deal['won_date'])),
    won_by_hour: count(deals, (deal) => (deal['won_date'] ?? '').slice(11, 13)),
    won_by_origin_of_lead: count(deals, (deal) => label(leadOf.get(deal['mql_id'])?.['origin'])),
    median_revenue_by_lead_type: group(
      deals,
      (deal) => label(deal['lead_type']),
      (all) => median(all.map((deal) => Number(deal['declared_monthly_revenue']))),
    ),
    deals_of_leads_that_are_not_there: deals.filter((deal) => !leadOf.has(deal['mql_id'])).length,
  };
}

export function crmAskedFigures(folder: string): Figures {
  const deals = rows(folder, 'sales_pipeline', 'opportunity_id');
  const dated = (column: string) => (deal: Row) => deal[column] !== '';
  const on = (column: string, deal: Row) => day(deal[column]) <= day('2017-06-30');
  const open = deals.filter(
    (deal) =>
      dated('engage_date')(deal) &&
      on('engage_date', deal) &&
      !(dated('close_date')(deal) && on('close_date', deal)),
  );
  const of = (stage: string) => deals.filter((deal) => deal['deal_stage'] === stage);
  return {
    open_on_2017_06_30: open.length,
    undated_on_2017_06_30: deals.length - deals.filter(dated('engage_date')).length,
    open_on_2017_06_30_by_product: count(open, (deal) =>
      deal['product'] === 'GTXPro' ? 'GTX Pro' : label(deal['product']),
    ),
    days_in_engaging: spread(
      deals.filter(dated('close_date')).map((deal) => day(deal['close_date']) - day(deal['engage_date'])),
    ),
    engaging_to_won: of('Won').length,
    engaging_to_lost: of('Lost').length,
    won_by_weekday: count(of('Won'), (deal) => weekday(deal['close_date'])),
  };
}
