import { z } from 'zod';
import { decision } from './definition.ts';
import {
  attributes,
  day,
  dayOrInstant,
  id,
  label,
  listOf,
  member,
  money,
  note,
  number,
  optional,
  ruleResult,
  team,
  versioned,
} from './fields.ts';

const topic = 'journey.opportunities';
const key = (data: { opportunity: string }): string => data.opportunity;
const route = (step: string): string => `POST /v1/opportunities/{opportunityId}/${step}`;
const by = optional(member);

export const opportunityOpened = decision({
  name: 'opportunity.opened',
  topic,
  key,
  route: 'POST /v1/opportunities',
  summary: 'A deal may come: with whom, from which leads, worth how much.',
  schema: z.strictObject({
    opportunity: id,
    account: optional(id),
    leads: optional(listOf(id)),
    name: optional(label),
    amount: optional(money),
    process: optional(versioned),
    stage: optional(label),
    owner: optional(member),
    productLine: optional(label),
    product: optional(label),
    closeDate: optional(day),
    attributes: optional(attributes),
  }),
  sample: {
    opportunity: 'opportunity-1',
    account: 'account-1',
    leads: ['lead-1'],
    name: 'Example Ltd, core',
    amount: { amount: 4_821_00, currency: 'EUR' },
    process: { id: 'new-business', version: 1 },
    stage: 'discovery',
    owner: 'member-1',
    productLine: 'core',
    product: 'GTX Pro',
    closeDate: '2026-06-30',
    attributes: { deal_stage: 'Engaging' },
  },
});

export const opportunityStageChanged = decision({
  name: 'opportunity.stage-changed',
  topic,
  key,
  route: route('change-stage'),
  summary: 'The deal moved, with the exit criteria that were met or skipped.',
  schema: z.strictObject({
    opportunity: id,
    from: optional(label),
    to: label,
    criteriaMet: optional(listOf(label)),
    criteriaSkipped: optional(listOf(label)),
    by,
  }),
  sample: {
    opportunity: 'opportunity-1',
    from: 'discovery',
    to: 'proposal',
    criteriaMet: ['need confirmed'],
    criteriaSkipped: ['economic buyer met'],
    by: 'member-1',
  },
});

export const opportunityAmountChanged = decision({
  name: 'opportunity.amount-changed',
  topic,
  key,
  route: route('change-amount'),
  summary: 'The deal is thought to be worth another amount; null means not known any more.',
  schema: z.strictObject({ opportunity: id, from: optional(money), to: optional(money), by }),
  sample: {
    opportunity: 'opportunity-1',
    from: { amount: 482_100, currency: 'EUR' },
    to: { amount: 520_000, currency: 'EUR' },
    by: 'member-1',
  },
});

export const opportunityCloseDateChanged = decision({
  name: 'opportunity.close-date-changed',
  topic,
  key,
  route: route('change-close-date'),
  summary: 'The day on which the deal is expected to close moved.',
  schema: z.strictObject({ opportunity: id, from: optional(day), to: optional(day), by }),
  sample: { opportunity: 'opportunity-1', from: '2026-06-30', to: '2026-07-31', by: 'member-1' },
});

export const opportunityOwnerChanged = decision({
  name: 'opportunity.owner-changed',
  topic,
  key,
  route: route('change-owner'),
  summary: 'Another member owns the deal.',
  schema: z.strictObject({ opportunity: id, from: optional(member), to: optional(member), by }),
  sample: { opportunity: 'opportunity-1', from: 'member-1', to: 'member-3', by: 'member-9' },
});

export const opportunityFitJudged = decision({
  name: 'opportunity.fit-judged',
  topic,
  key,
  route: route('judge-fit'),
  summary: 'The deal was judged against a version of the fit definition, rule by rule.',
  schema: z.strictObject({
    opportunity: id,
    definition: optional(versioned),
    verdict: label,
    rules: optional(listOf(ruleResult)),
    score: optional(number),
  }),
  sample: {
    opportunity: 'opportunity-1',
    definition: { id: 'fit', version: 1 },
    verdict: 'fit',
    rules: [{ rule: 'served country', input: { country: 'DE' }, result: true }],
  },
});

export const opportunityExceptionGranted = decision({
  name: 'opportunity.exception-granted',
  topic,
  key,
  route: route('grant-exception'),
  summary: 'Somebody allowed a deal that the rules exclude, until a day.',
  schema: z.strictObject({
    opportunity: id,
    approver: member,
    expires: optional(dayOrInstant),
    definition: optional(versioned),
    reason: optional(note),
  }),
  sample: {
    opportunity: 'opportunity-1',
    approver: 'member-9',
    expires: '2026-12-31',
    reason: 'Reference customer.',
  },
});

export const opportunityWon = decision({
  name: 'opportunity.won',
  topic,
  key,
  route: route('win'),
  summary: 'The deal is won, by everybody who is named.',
  schema: z.strictObject({
    opportunity: id,
    amount: optional(money),
    contributors: optional(
      listOf(z.strictObject({ member, function: optional(team), role: optional(label) })),
    ),
    by,
  }),
  sample: {
    opportunity: 'opportunity-1',
    amount: { amount: 505_400, currency: 'EUR' },
    contributors: [
      { member: 'member-1', function: 'sales', role: 'closed' },
      { member: 'member-2', function: 'marketing', role: 'sourced' },
    ],
    by: 'member-1',
  },
});

export const opportunityLost = decision({
  name: 'opportunity.lost',
  topic,
  key,
  route: route('lose'),
  summary: 'The deal is lost.',
  schema: z.strictObject({ opportunity: id, reason: optional(label), note: optional(note), by }),
  sample: { opportunity: 'opportunity-1', reason: 'price', by: 'member-1' },
});

export const opportunityReopened = decision({
  name: 'opportunity.reopened',
  topic,
  key,
  route: route('reopen'),
  summary: 'A closed deal is open again, at a stage.',
  schema: z.strictObject({ opportunity: id, stage: optional(label), reason: optional(label), by }),
  sample: { opportunity: 'opportunity-1', stage: 'proposal', reason: 'budget found', by: 'member-1' },
});
