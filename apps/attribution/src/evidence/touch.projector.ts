import { isEvent, withdrawnTouch } from '@throughline/contracts';
import type { FactTable } from '@throughline/projection';
import { channelOf } from './channel-of.projector.ts';
import { occurrence, occurrenceColumns } from './occurrence.projector.ts';

/**
 * One row per touch, as its emitter said it; whose it turns out to be is derived (see `touchPlacement`), and so are channel
 * and campaign where only UTM parameters or the referrer give them. The values as sent are kept beside them.
 */
export const touchTable: FactTable = {
  kind: 'fact',
  name: 'touch',
  columns: {
    ...occurrenceColumns,
    kind: 'text not null',
    type: 'text not null',
    team: 'text',
    channel: 'text',
    campaign: 'text',
    asset: 'text',
    said_channel: 'text',
    said_campaign: 'text',
    utm_source: 'text',
    utm_medium: 'text',
    utm_campaign: 'text',
    grouping: 'text',
    actor: 'text',
    visitor: 'text',
    person: 'text',
    account: 'text',
    lead: 'text',
    opportunity: 'text',
  },
  primaryKey: ['event_id'],
  rows(event) {
    if (!isEvent(event, 'touch.recorded')) return [];
    const { kind, touchType: type, team, asset, actor } = event.data;
    const { visitor, person, account, lead, opportunity } = event.data;
    return [
      {
        ...occurrence(event),
        ...{ kind, type, team, asset: asset?.id ?? null, actor },
        ...channelOf(event.data),
        ...{ visitor, person, account, lead, opportunity },
      },
    ];
  },
};

/** One row per withdrawal; the touch it names, known or not, is none (see `placed_touch`). */
export const touchWithdrawalTable: FactTable = {
  kind: 'fact',
  name: 'touch_withdrawal',
  columns: { event_id: 'uuid not null', touch: 'uuid not null' },
  primaryKey: ['event_id'],
  rows: (event) =>
    isEvent(event, 'touch.withdrawn') ? [{ event_id: event.id, touch: withdrawnTouch(event) }] : [],
};
