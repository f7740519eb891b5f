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
  round,
  rows,
  spread,
  sum,
  type Figures,
  type Row,
} from './independent-arithmetic.ts';

/** Every figure of the data set's truth.json, read from its CSV files alone. */
export function crmFigures(folder: string): Figures {
  const deals = rows(folder, 'sales_pipeline', 'opportunity_id').map((row): Row => ({
    ...row,
    product_normalised: row['product'] === 'GTXPro' ? 'GTX Pro' : (row['product'] ?? ''),
  }));
  const [accounts, teams] = [rows(folder, 'accounts', 'account'), rows(folder, 'sales_teams', 'sales_agent')];
  const team = new Map(teams.map((member) => [member['sales_agent'], member]));
  const of = (stage: string, all = deals) => all.filter((deal) => deal['deal_stage'] === stage);
  const worth = (all: Row[]) => sum(of('Won', all).map((deal) => Number(deal['close_value'])));
  const winRate = (all: Row[]) => rate(of('Won', all).length, of('Won', all).length + of('Lost', all).length);
  const figures = (all: Row[]) => ({
    opportunities: all.length,
    won: of('Won', all).length,
    lost: of('Lost', all).length,
    open: all.length - of('Won', all).length - of('Lost', all).length,
    win_rate_pct: winRate(all),
    won_value: worth(all),
  });
  const days = (all: Row[]) => spread(all.map((deal) => day(deal['close_date']) - day(deal['engage_date'])));
  const values = of('Won').map((deal) => Number(deal['close_value']));
  const quarter = (deal: Row) =>
    `${deal['close_date']?.slice(0, 4)}Q${Math.ceil(Number(deal['close_date']?.slice(5, 7)) / 3)}`;
  const owners = new Set(deals.map((deal) => deal['sales_agent']));
  const dates = (column: string) =>
    extent(deals.map((deal) => deal[column] ?? '').filter((date) => date !== ''));
  const closed = deals.filter((deal) => deal['close_date'] !== '');
  return {
    opportunities: deals.length,
    accounts: accounts.length,
    products: distinct(deals, 'product_normalised'),
    sales_teams_rows: teams.length,
    agents_with_opportunities: owners.size,
    by_stage: count(deals, (deal) => label(deal['deal_stage'])),
    win_rate_pct_won_over_closed: winRate(deals),
    won_value_total: worth(deals),
    average_won_value: round(sum(values) / values.length),
    median_won_value: median(values),
    engage_date_range: dates('engage_date'),
    close_date_range: dates('close_date'),
    days_engage_to_close: { won: days(of('Won')), lost: days(of('Lost')), closed: days(closed) },
    by_product_normalised: group(deals, (deal) => label(deal['product_normalised']), figures),
    by_manager: group(deals, (deal) => label(team.get(deal['sales_agent'])?.['manager']), figures),
    by_regional_office: group(
      deals,
      (deal) => label(team.get(deal['sales_agent'])?.['regional_office']),
      figures,
    ),
    by_agent: group(deals, (deal) => label(deal['sales_agent']), figures),
    won_by_close_quarter: group(of('Won'), quarter, (all) => ({ won: all.length, value: worth(all) })),
    blank_account_by_stage: count(
      deals.filter((deal) => deal['account'] === ''),
      (deal) => label(deal['deal_stage']),
    ),
    product_spelling_GTXPro: deals.filter((deal) => deal['product'] === 'GTXPro').length,
    agents_without_opportunities: teams
      .map((member) => member['sales_agent'] ?? '')
      .filter((name) => !owners.has(name))
      .sort(),
    accounts_with_parent: accounts.filter((account) => account['subsidiary_of'] !== '').length,
    closed_before_engaged: closed.filter((deal) => day(deal['close_date']) < day(deal['engage_date'])).length,
    blank_cells_pipeline: blanks(deals, ['account', 'engage_date', 'close_date', 'close_value']),
  };
}
