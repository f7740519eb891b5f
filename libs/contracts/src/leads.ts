import { z } from 'zod';
import { decision } from './definition.ts';
import {
  attributes,
  dayOrInstant,
  id,
  instant,
  label,
  listOf,
  member,
  note,
  number,
  optional,
  ruleResult,
  slug,
  versioned,
} from './fields.ts';

const topic = 'journey.leads';
const key = (data: { lead: string }): string => data.lead;
const route = (step: string): string => `POST /v1/leads/{leadId}/${step}`;
const answer = { lead: id, handOff: optional(id), by: optional(member) };

export const leadCaptured = decision({
  name: 'lead.captured',
  topic,
  key,
  route: 'POST /v1/leads',
  summary: 'A lead came in, from which source and by which touch.',
  schema: z.strictObject({
    lead: id,
    person: optional(id),
    account: optional(id),
    source: optional(label),
    campaign: optional(id),
    touch: optional(id),
    productLine: optional(label),
    attributes: optional(attributes),
  }),
  sample: {
    lead: 'lead-1',
    person: 'person-1',
    account: 'account-1',
    source: 'paid_search',
    campaign: 'campaign-spring',
    touch: 'touch-1',
    productLine: 'core',
    attributes: { landing_page: 'guide' },
  },
});

export const leadAssessed = decision({
  name: 'lead.assessed',
  topic,
  key,
  route: route('assess'),
  summary: 'A lead was judged against a version of a definition, rule by rule.',
  schema: z.strictObject({
    lead: id,
    definition: optional(versioned),
    verdict: label,
    rules: optional(listOf(ruleResult)),
    score: optional(number),
  }),
  sample: {
    lead: 'lead-1',
    definition: { id: 'lead-definition', version: 2 },
    verdict: 'qualified',
    rules: [{ rule: 'employees at least 50', input: { employees: 250 }, result: true }],
    score: 72,
  },
});

export const leadQualified = decision({
  name: 'lead.qualified',
  topic,
  key,
  route: route('qualify'),
  summary: 'A lead was qualified, by a definition (MQL) or by a person with a reason.',
  schema: z.strictObject({
    lead: id,
    definition: optional(versioned),
    by: optional(member),
    reason: optional(note),
  }),
  sample: { lead: 'lead-1', definition: { id: 'lead-definition', version: 2 } },
});

export const leadOffered = decision({
  name: 'lead.offered',
  topic,
  key,
  route: route('offer'),
  summary: 'Marketing offered the lead to sales: a hand-off, which must be answered.',
  schema: z.strictObject({
    lead: id,
    handOff: id,
    to: optional(member),
    by: optional(member),
    answerDue: optional(instant),
    firstTouchDue: optional(instant),
    ruleVersion: optional(versioned),
    clock: z
      .boolean()
      .default(true)
      .meta({ description: 'false: an inferred hand-off, which starts no clock' }),
  }),
  sample: {
    lead: 'lead-1',
    handOff: 'hand-off-1',
    to: 'member-1',
    by: 'member-2',
    answerDue: '2026-03-03T09:30:00.000Z',
    firstTouchDue: '2026-03-04T09:30:00.000Z',
    ruleVersion: { id: 'hand-off', version: 1 },
    clock: true,
  },
});

export const leadAccepted = decision({
  name: 'lead.accepted',
  topic,
  key,
  route: route('accept'),
  summary: 'Sales took the offered lead.',
  schema: z.strictObject(answer),
  sample: { lead: 'lead-1', handOff: 'hand-off-1', by: 'member-1' },
});

export const leadRejected = decision({
  name: 'lead.rejected',
  topic,
  key,
  route: route('reject'),
  summary: 'Sales declined the offered lead, with a reason from the agreed list.',
  schema: z.strictObject({ ...answer, reason: optional(label), note: optional(note) }),
  sample: {
    lead: 'lead-1',
    handOff: 'hand-off-1',
    by: 'member-1',
    reason: 'no budget',
    note: 'Ask in autumn.',
  },
});

export const leadOfferExpired = decision({
  name: 'lead.offer-expired',
  topic,
  key,
  route: route('expire-offer'),
  summary: 'Nobody answered the offer until it was due.',
  schema: z.strictObject({ lead: id, handOff: optional(id), answerDue: optional(instant) }),
  sample: { lead: 'lead-1', handOff: 'hand-off-1', answerDue: '2026-03-03T09:30:00.000Z' },
});

export const leadReassigned = decision({
  name: 'lead.reassigned',
  topic,
  key,
  route: route('reassign'),
  summary: 'The lead has a new owner.',
  schema: z.strictObject({
    lead: id,
    from: optional(member),
    to: member,
    by: optional(member),
    reason: optional(label),
  }),
  sample: { lead: 'lead-1', from: 'member-1', to: 'member-3', by: 'member-9', reason: 'territory' },
});

export const leadFollowedUp = decision({
  name: 'lead.followed-up',
  topic,
  key,
  route: route('follow-up'),
  summary: 'A logged human touch by sales: the only thing that makes a lead touched.',
  schema: z.strictObject({
    lead: id,
    touchType: slug,
    outcome: optional(label),
    by: optional(member),
    touch: optional(id),
    note: optional(note),
  }),
  sample: { lead: 'lead-1', touchType: 'call-connected', outcome: 'meeting agreed', by: 'member-1' },
});

export const leadRecycled = decision({
  name: 'lead.recycled',
  topic,
  key,
  route: route('recycle'),
  summary: 'The lead goes back to marketing to be nurtured.',
  schema: z.strictObject({
    lead: id,
    reason: optional(label),
    nurtureUntil: optional(dayOrInstant),
    by: optional(member),
    note: optional(note),
  }),
  sample: { lead: 'lead-1', reason: 'bad timing', nurtureUntil: '2026-09-01', by: 'member-1' },
});

export const leadReturned = decision({
  name: 'lead.returned',
  topic,
  key,
  route: route('return'),
  summary: 'A nurtured lead is back.',
  schema: z.strictObject({ lead: id, reason: optional(label), by: optional(member) }),
  sample: { lead: 'lead-1', reason: 'asked for a demo', by: 'member-2' },
});

export const leadDisqualified = decision({
  name: 'lead.disqualified',
  topic,
  key,
  route: route('disqualify'),
  summary: 'The lead is out.',
  schema: z.strictObject({ lead: id, reason: optional(label), by: optional(member), note: optional(note) }),
  sample: { lead: 'lead-1', reason: 'competitor', by: 'member-2' },
});

export const leadConverted = decision({
  name: 'lead.converted',
  topic,
  key,
  route: route('convert'),
  summary: 'An opportunity came of the lead.',
  schema: z.strictObject({ lead: id, opportunity: id, by: optional(member) }),
  sample: { lead: 'lead-1', opportunity: 'opportunity-1' },
});
