import { isEvent } from '@throughline/contracts';
import type { FactTable } from '@throughline/projection';
import { occurrence, occurrenceColumns } from './occurrence.projector.ts';

/** What a campaign cost in a period; minor units, an unknown currency stays null. */
export const spendTable: FactTable = {
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
  primaryKey: ['event_id'],
  rows(event) {
    if (!isEvent(event, 'campaign.spend-recorded')) return [];
    const { campaign, channel, period, amount } = event.data;
    return [
      {
        ...occurrence(event),
        ...{ campaign, channel, period_from: period?.from ?? null, period_to: period?.to ?? null },
        ...{ amount: String(amount.amount), currency: amount.currency },
      },
    ];
  },
};
