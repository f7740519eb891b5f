import { pageSchema } from '@throughline/service';
import { z } from 'zod';

const text = z.string().nullable();
const source = z.string();

const account = z.object({
  ...{ account: z.string(), source },
  ...{ name: text, domain: text, industry: text, country: text, parent: text },
});
const member = z.object({
  ...{ member: z.string(), source },
  ...{ function: text, manager: text, office: text, opportunities: z.int() },
});
const lead = z.object({
  ...{ lead: z.string(), source },
  ...{ channel: text, campaign: text, account: text, stage: text, furthest_stage: text, owner: text },
  won: z.boolean(),
});
const opportunity = z.object({
  ...{ opportunity: z.string(), source },
  ...{ account: text, product: text, stage: text, status: text, owner: text },
  amount: text.describe('whole minor units, as text since it may be larger than JSON numbers are exact'),
  currency: text,
});

/** A page of what is known of one kind, as the views of `read-models.query.ts` have it. */
export const subjectsAnswer = z.union([account, member, lead, opportunity].map((row) => pageSchema(row)));
