import type { Client } from '@throughline/client';
import { inUnits, Reports, type GroupRow, type MoneySum, type OpportunityFigures } from './reports.ts';

export const crmSource = 'urn:throughline:import:crm-sales-opportunities';

type Row = OpportunityFigures & GroupRow;

const worth = (sums: readonly MoneySum[]) =>
  inUnits(sums.reduce((total, { amount }) => total + Number(amount), 0));
const figures = ({ opportunities, won, lost, open, winRatePercent, wonValue }: OpportunityFigures) => ({
  opportunities,
  won,
  lost,
  open,
  win_rate_pct: winRatePercent,
  won_value: worth(wonValue),
});

/** What the reports answer to every figure of the data set's truth.json, in its shape. */
export async function crmAnswers(client: Client): Promise<Record<string, unknown>> {
  const reports = new Reports(client, crmSource);
  const { total } = await reports.one<{ total: OpportunityFigures }>('opportunities');
  const by = (dimension: string) =>
    reports.grouped<Row, ReturnType<typeof figures>>('opportunities', dimension, figures);
  const members = await reports.one<{ total: { members: number; withOpportunity: number } }>('members');
  const accounts = await reports.one<{ total: { accounts: number; withParent: number } }>('accounts');
  const idle = await reports.rows<{ id: string }>('data-quality', {
    check: 'member-without-opportunity',
    limit: '1000',
  });
  return {
    opportunities: total.opportunities,
    accounts: accounts.total.accounts,
    products: await reports.distinct('opportunities', 'product'),
    sales_teams_rows: members.total.members,
    agents_with_opportunities: await reports.distinct('opportunities', 'owner'),
    by_stage: await stages(reports),
    win_rate_pct_won_over_closed: total.winRatePercent,
    won_value_total: worth(total.wonValue),
    average_won_value: mean(total.wonValue),
    median_won_value: median(total.wonValue),
    engage_date_range: await reports.range('opportunity opened', 10),
    close_date_range: await reports.range('opportunity closed', 10),
    days_engage_to_close: { won: total.daysToWon, lost: total.daysToLost, closed: total.daysToClose },
    by_product_normalised: await by('product'),
    by_manager: await by('manager'),
    by_regional_office: await by('office'),
    by_agent: await by('owner'),
    won_by_close_quarter: await reports.grouped<Row, unknown>(
      'won-by-month',
      'close-quarter',
      ({ won, wonValue }) => ({ won, value: worth(wonValue) }),
    ),
    blank_account_by_stage: await stages(reports, { blank: 'account' }),
    product_spelling_GTXPro: await reports.found('product-not-as-written'),
    agents_without_opportunities: idle.map(({ id }) => id).sort(),
    accounts_with_parent: accounts.total.withParent,
    closed_before_engaged: await reports.found('closed-before-opened'),
    blank_cells_pipeline: await reports.blanks('opportunities', {
      account: 'account',
      engage_date: 'opened_at',
      close_date: 'closed_at',
    }),
  };
}

/** The source's one stage column says both where a deal is and what became of it. */
async function stages(reports: Reports, query: Record<string, string> = {}): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const rows = await reports.rows<Row>('opportunities', { group: 'stage', limit: '1000', ...query });
  for (const { key, open, won, lost } of rows) {
    const stage = key['stage'] ?? '(blank)';
    for (const [name, count] of [
      ['Won', won],
      ['Lost', lost],
      [stage, open],
    ] as const)
      if (count > 0) counts[name] = (counts[name] ?? 0) + count;
  }
  return counts;
}

const only = (sums: readonly MoneySum[]) => (sums.length === 1 ? sums[0]?.spread : undefined);
const mean = (sums: readonly MoneySum[]) =>
  only(sums)?.mean == null ? null : Number((Number(only(sums)?.mean) / 100).toFixed(4));
const median = (sums: readonly MoneySum[]) =>
  only(sums)?.median == null ? null : Number(only(sums)?.median) / 100;
