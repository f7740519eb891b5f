import { z } from 'zod';
import { fact } from './definition.ts';
import { attributes, day, id, label, money, optional } from './fields.ts';

const period = z
  .strictObject({ from: day, to: day })
  .refine(({ from, to }) => from <= to, { path: ['to'], error: 'must not be before from' });

export const campaignSpendRecorded = fact({
  name: 'campaign.spend-recorded',
  topic: 'journey.campaigns',
  summary: 'Money spent on a campaign in a period, both days included.',
  schema: z.strictObject({
    campaign: id,
    amount: money,
    period: optional(period),
    channel: optional(label),
    attributes: optional(attributes),
  }),
  sample: {
    campaign: 'campaign-spring',
    amount: { amount: 1_250_000, currency: 'EUR' },
    period: { from: '2026-03-01', to: '2026-03-31' },
    channel: 'paid_search',
  },
});
