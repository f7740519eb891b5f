import type { FactTable } from '@throughline/projection';
import { anyOf, occurrence, occurrenceColumns, provenance } from '../timeline/occurrence.projector.ts';

/** What a campaign cost in a period; an unknown currency stays null. */
export const campaignSpendTable: FactTable = {
  kind: 'fact',
  name: 'campaign_spend',
  columns: {
    ...occurrenceColumns,
    campaign: 'text not null',
    channel: 'text',
    period_from: 'text',
    period_to: 'text',
    amount: 'bigint not null',
    currency: 'text',
  },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    if (event.name !== 'campaign.spend-recorded') return [];
    const { campaign, channel, period, amount } = event.data;
    return [
      {
        ...occurrence(event),
        campaign,
        channel,
        period_from: period?.from ?? null,
        period_to: period?.to ?? null,
        amount: String(amount.amount),
        currency: amount.currency,
      },
    ];
  },
};
