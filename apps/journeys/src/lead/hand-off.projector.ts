import type { FactTable } from '@throughline/projection';
import {
  anyOf,
  occurrence,
  occurrenceColumns,
  provenance,
  streamColumns,
  streamPlace,
} from '../timeline/occurrence.projector.ts';

/** One row per offer of a lead from marketing to sales, with what is due when. */
export const handOffOfferTable: FactTable = {
  kind: 'fact',
  name: 'hand_off_offer',
  columns: {
    ...occurrenceColumns,
    ...streamColumns,
    lead: 'text not null',
    hand_off: 'text not null',
    offered_to: 'text',
    offered_by: 'text',
    answer_due: 'timestamptz',
    first_touch_due: 'timestamptz',
    clock: 'boolean not null',
    rule: 'text',
    rule_version: 'int',
  },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    if (event.name !== 'lead.offered') return [];
    const { handOff, to, by, answerDue, firstTouchDue, ruleVersion, clock } = event.data;
    const due = {
      answer_due: answerDue,
      first_touch_due: firstTouchDue,
      clock,
      rule: ruleVersion?.id ?? null,
      rule_version: ruleVersion?.version ?? null,
    };
    const offer = { lead: event.key, hand_off: handOff, offered_to: to, offered_by: by };
    return [{ ...occurrence(event), ...streamPlace(event), ...offer, ...due }];
  },
};

/** One row per answer to an offer: accepted, rejected or expired. */
export const handOffAnswerTable: FactTable = {
  kind: 'fact',
  name: 'hand_off_answer',
  columns: {
    ...occurrenceColumns,
    ...streamColumns,
    lead: 'text not null',
    hand_off: 'text',
    answer: 'text not null',
    answered_by: 'text',
    reason: 'text',
  },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    const place = { ...occurrence(given), ...streamPlace(given), lead: given.key };
    switch (event.name) {
      case 'lead.accepted':
        return [
          {
            ...place,
            hand_off: event.data.handOff,
            answer: 'accepted',
            answered_by: event.data.by,
            reason: null,
          },
        ];
      case 'lead.rejected': {
        const { handOff, by, reason } = event.data;
        return [{ ...place, hand_off: handOff, answer: 'rejected', answered_by: by, reason }];
      }
      case 'lead.offer-expired':
        return [
          { ...place, hand_off: event.data.handOff, answer: 'expired', answered_by: null, reason: null },
        ];
      default:
        return [];
    }
  },
};

/** One row per logged human touch by sales: the only thing that makes a lead touched. */
export const followUpTable: FactTable = {
  kind: 'fact',
  name: 'lead_follow_up',
  columns: { ...occurrenceColumns, ...streamColumns, lead: 'text not null', by: 'text', type: 'text' },
  provenance,
  primaryKey: ['event_id'],
  rows(given) {
    const event = anyOf(given);
    if (event.name !== 'lead.followed-up') return [];
    const { by, touchType } = event.data;
    return [{ ...occurrence(event), ...streamPlace(event), lead: event.key, by, type: touchType }];
  },
};
