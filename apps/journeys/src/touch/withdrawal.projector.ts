import { withdrawnTouch } from '@throughline/contracts';
import type { FactTable } from '@throughline/projection';
import { anyOf, occurrence, occurrenceColumns, provenance } from '../timeline/occurrence.projector.ts';

/**
 * One row per withdrawal, by the platform's id of the touch that never was, whether that came or not. Which touches are
 * withdrawn is asked by the readers (see `touch.sql`), so that the order in which the two arrive makes no difference.
 */
export const touchWithdrawalTable: FactTable = {
  kind: 'fact',
  name: 'touch_withdrawal',
  columns: {
    ...occurrenceColumns,
    touch: 'uuid not null',
    reason: 'text',
    actor: 'text',
  },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    if (event.name !== 'touch.withdrawn') return [];
    const { reason, by } = event.data;
    return [{ ...occurrence(event), touch: withdrawnTouch(event), reason, actor: by }];
  },
};
