import { z } from 'zod';
import { decision } from './definition.ts';
import { id, label, member, optional } from './fields.ts';

/** The usual roles of a buying committee; any other label is taken too. */
export const COMMITTEE_ROLES = [
  'business-user',
  'decision-maker',
  'economic-buyer',
  'evaluator',
  'executive-sponsor',
  'influencer',
  'technical-buyer',
  'champion',
  'coach',
  'blocker',
  'gatekeeper',
  'legal',
  'other',
] as const;

const topic = 'journey.opportunities';
const key = (data: { opportunity: string }): string => data.opportunity;
const route = (step: string): string => `POST /v1/opportunities/{opportunityId}/${step}`;
const contact = { opportunity: id, person: id, committeeRole: optional(label), by: optional(member) };

export const opportunityContactAdded = decision({
  name: 'opportunity.contact-added',
  topic,
  key,
  route: route('add-contact'),
  summary: 'A person belongs to the buying committee, in a role.',
  schema: z.strictObject(contact),
  sample: {
    opportunity: 'opportunity-1',
    person: 'person-1',
    committeeRole: 'decision-maker',
    by: 'member-1',
  },
});

export const opportunityContactRemoved = decision({
  name: 'opportunity.contact-removed',
  topic,
  key,
  route: route('remove-contact'),
  summary: 'A person left the buying committee, or one role in it.',
  schema: z.strictObject(contact),
  sample: {
    opportunity: 'opportunity-1',
    person: 'person-1',
    committeeRole: 'decision-maker',
    by: 'member-1',
  },
});
