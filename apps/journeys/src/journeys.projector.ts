import { TOPICS } from '@throughline/contracts';
import type { Projection } from '@throughline/projection';
import { accountTable } from './account/account.projector.ts';
import { memberTable } from './account/member.projector.ts';
import { followUpTable, handOffAnswerTable, handOffOfferTable } from './lead/hand-off.projector.ts';
import { leadOpportunityTable } from './lead/lead-opportunity.projector.ts';
import { leadTable } from './lead/lead.projector.ts';
import { opportunityTable } from './opportunity/opportunity.projector.ts';
import { contactTable, stageTable } from './opportunity/stage.projector.ts';
import { timelineTable } from './timeline/timeline.projector.ts';
import { campaignSpendTable } from './touch/campaign.projector.ts';
import { touchTable } from './touch/touch.projector.ts';
import { touchWithdrawalTable } from './touch/withdrawal.projector.ts';

/** Of the columns that most rows leave empty, only what they hold: an index entry for nothing costs as much as another. */
const named: readonly (readonly [table: string, column: string])[] = [
  ...['visitor', 'person', 'other_person', 'account', 'other_account', 'lead', 'opportunity'].map(
    (column) => ['timeline_entry', column] as const,
  ),
  ['touch', 'visitor'],
  ['touch', 'opportunity'],
];
const indexes: readonly (readonly [table: string, columns: string])[] = [
  ['touch', 'source_id'],
  ['touch_withdrawal', 'touch'],
  ['lead_opportunity', 'lead'],
  ['lead_opportunity', 'opportunity'],
  ['hand_off_offer', 'lead, version'],
  ['hand_off_answer', 'lead, version'],
  ['lead_follow_up', 'lead, version'],
  ['opportunity_stage', 'opportunity, version'],
  ['opportunity_contact', 'opportunity, version'],
  ['opportunity', 'owner'],
];

/** Everything that timelines and reports are read from. Another version when a table or a fold changes. */
export const journeysProjection: Projection = {
  name: 'journeys',
  version: 3,
  topics: TOPICS,
  identity: true,
  tables: [
    timelineTable,
    touchTable,
    touchWithdrawalTable,
    campaignSpendTable,
    leadTable,
    leadOpportunityTable,
    handOffOfferTable,
    handOffAnswerTable,
    followUpTable,
    opportunityTable,
    stageTable,
    contactTable,
    accountTable,
    memberTable,
  ] as Projection['tables'],
  extras: [
    ...named.map(([table, column]) => `create index on ${table} (${column}) where ${column} is not null`),
    ...indexes.map(([table, columns]) => `create index on ${table} (${columns})`),
  ],
};
