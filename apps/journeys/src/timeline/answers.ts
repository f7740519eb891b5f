import { pageSchema } from '@throughline/service';
import { z } from 'zod';
import { subjectKinds } from './journey.state.ts';

const text = z.string().nullable();
const some = z.object({
  count: z.int(),
  ids: z.array(z.string()).describe('the first hundred, in order'),
});

const entry = z.object({
  eventId: z.uuid(),
  name: z.string().describe('of the event, like touch.recorded'),
  title: z.string().describe('what happened, in words'),
  when: z.object({ at: text, precision: z.enum(['instant', 'day', 'month', 'unknown']) }),
  inferred: z.array(z.string()).describe('fields that an importer concluded'),
  recordedAt: z.string(),
  source: z.string(),
  sourceId: z.string(),
  stream: z.object({ id: z.string(), version: z.int() }).nullable(),
  team: text,
  actor: text,
  anonymous: z.boolean().nullable().describe('whether nobody knew then who it was; null: that is not known'),
  withdrawn: z
    .object({ at: text, eventId: z.uuid(), reason: text, by: text })
    .nullable()
    .describe('a touch that never was: counted nowhere, shown where it stood; the first that said so'),
  who: z.object({
    visitor: text,
    person: text,
    account: text,
    named: z.object({ person: text, account: text }).describe('by the event itself'),
  }),
  what: z.object({ lead: text, opportunity: text, campaign: text }),
  data: z.record(z.string(), z.unknown()).describe('what the event says'),
});

const subject = z.object({
  kind: z.enum(subjectKinds),
  id: z.string(),
  canonical: z.string().optional().describe('persons: the id that stands for all ids of the same person'),
  persons: some,
  visitors: some,
  accounts: some,
  leads: some,
  opportunities: some,
});

/** A page of a journey, as `journeyView` and `entryView` give it. */
export const journeyAnswer = pageSchema(entry).extend({ subject });
