import { TOPICS } from '@throughline/contracts';
import type { Projection } from '@throughline/projection';
import { contactTable } from './contact.projector.ts';
import { leadOpportunityTable, leadTable } from './lead.projector.ts';
import { memberTable } from './member.projector.ts';
import { opportunityTable } from './opportunity.projector.ts';
import { spendTable } from './spend.projector.ts';
import { touchTable, touchWithdrawalTable } from './touch.projector.ts';

/** Of the columns that most rows leave empty, only what they hold. */
const sparse = [
  ...['visitor', 'person', 'account', 'lead', 'opportunity'].map((column) => ['touch', column] as const),
  ...['person', 'captured_account'].map((column) => ['lead', column] as const),
  ['opportunity', 'account'] as const,
];
const dense = [
  ['lead_opportunity', 'lead'],
  ['lead_opportunity', 'opportunity'],
  ['opportunity_contact', 'person'],
  ['campaign_spend', 'campaign'],
  ['touch_withdrawal', 'touch'],
] as const;

/** What credit is concluded from. Another version when a table or a fold changes. */
export const evidenceProjection: Projection = {
  name: 'attribution',
  version: 4,
  topics: TOPICS,
  identity: true,
  tables: [
    touchTable,
    touchWithdrawalTable,
    opportunityTable,
    contactTable,
    leadTable,
    leadOpportunityTable,
    spendTable,
    memberTable,
  ] as Projection['tables'],
  extras: [
    ...sparse.map(([table, column]) => `create index on ${table} (${column}) where ${column} is not null`),
    ...dense.map(([table, column]) => `create index on ${table} (${column})`),
  ],
};
