import type { Client } from '@throughline/client';
import { olistSource } from './olist-answers.ts';
import { crmSource } from './crm-answers.ts';
import { Reports, type GroupRow, type Spread } from './reports.ts';

interface Counted extends GroupRow {
  readonly won: number;
  readonly open: number;
  readonly undated: number;
  readonly wonWithin: number;
  readonly daysEnded: Spread;
  readonly spread: { readonly median: string | null };
}
type Totals = { readonly total: Pick<Counted, 'open' | 'undated'> };

/** What truth.json does not have: cohorts, as of a day, by weekday and hour, over leads and deals, medians by group. */
export async function olistAsked(client: Client): Promise<Record<string, unknown>> {
  const reports = new Reports(client, olistSource);
  const won = (by: string) => reports.grouped<Counted, number>('opportunities', by, (row) => row.won);
  const then = await reports.one<Totals>('pipeline', { at: '2018-03-31' });
  return {
    won_within_30_days: await reports.grouped<Counted, number>(
      'won-within',
      'month',
      (row) => row.wonWithin,
      {
        days: '30',
      },
    ),
    perhaps_open_on_2018_03_31: then.total.undated,
    won_by_weekday: await won('close-weekday'),
    won_by_hour: await won('close-hour'),
    won_by_origin_of_lead: await won('lead:channel'),
    median_revenue_by_lead_type: await reports.grouped<Counted, number | null>(
      'attribute-spread',
      'attribute:lead_type',
      ({ spread }) => (spread.median === null ? null : Number(spread.median)),
      { attribute: 'declared_monthly_revenue' },
    ),
    deals_of_leads_that_are_not_there: await reports.found('lead-of-opportunity-unknown'),
  };
}

export async function crmAsked(client: Client): Promise<Record<string, unknown>> {
  const reports = new Reports(client, crmSource);
  const at = { at: '2017-06-30' };
  const then = await reports.one<Totals>('pipeline', at);
  const stays = await reports.grouped<Counted, Spread>('time-in-stage', 'stage', (row) => row.daysEnded);
  const steps = await reports.rows<{
    stage: string;
    outcome: string | null;
    entered: number;
    reached: number;
  }>('stage-conversion');
  const engaged = (outcome: string) =>
    steps.find((step) => step.stage === 'Engaging' && step.outcome === outcome)?.reached ?? null;
  return {
    open_on_2017_06_30: then.total.open,
    undated_on_2017_06_30: then.total.undated,
    open_on_2017_06_30_by_product: dropZeros(
      await reports.grouped<Counted, number>('pipeline', 'product', (row) => row.open, at),
    ),
    days_in_engaging: stays['Engaging'],
    engaging_to_won: engaged('won'),
    engaging_to_lost: engaged('lost'),
    won_by_weekday: dropZeros(
      await reports.grouped<Counted, number>('opportunities', 'close-weekday', (row) => row.won),
    ),
  };
}

const dropZeros = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
