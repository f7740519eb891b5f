import type { FactTable } from '@throughline/projection';
import { anyOf, occurrence, occurrenceColumns, provenance } from '../timeline/occurrence.projector.ts';

/** One row per touch, as its emitter said it; whose it turns out to be is derived (see `touchPlacement`). */
export const touchTable: FactTable = {
  kind: 'fact',
  name: 'touch',
  columns: {
    ...occurrenceColumns,
    source_id: 'text not null',
    kind: 'text not null',
    type: 'text not null',
    team: 'text',
    channel: 'text',
    campaign: 'text',
    utm: 'jsonb',
    lead: 'text',
    opportunity: 'text',
    asset: 'text',
    asset_title: 'text',
    asset_stage: 'text',
    visitor: 'text',
    person: 'text',
    account: 'text',
    actor: 'text',
    cost_amount: 'bigint',
    cost_currency: 'text',
    url: 'text',
    attributes: 'jsonb not null',
  },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    if (event.name !== 'touch.recorded') return [];
    const { kind, team, channel, campaign, utm, asset, actor, cost, url } = event.data;
    const { visitor, person, account, lead, opportunity } = event.data;
    return [
      {
        ...occurrence(event),
        source_id: event.sourceId,
        ...{ kind, type: event.data.touchType, team, channel, campaign, utm, actor, url },
        ...{ visitor, person, account, lead, opportunity },
        asset: asset?.id ?? null,
        asset_title: asset?.title ?? null,
        asset_stage: asset?.stage ?? null,
        cost_amount: cost === null ? null : String(cost.amount),
        cost_currency: cost?.currency ?? null,
        attributes: event.data.attributes ?? {},
      },
    ];
  },
};
