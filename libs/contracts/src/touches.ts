import { z } from 'zod';
import { fact } from './definition.ts';
import { attributes, id, label, member, money, optional, slug, team, url, words } from './fields.ts';

/** The usual touch types; any other name of that form is taken too. */
export const TOUCH_TYPES = [
  'page-view',
  'form-submission',
  'cta-click',
  'ad-impression',
  'ad-click',
  'email-sent',
  'email-opened',
  'email-clicked',
  'email-replied',
  'content-download',
  'webinar-registered',
  'webinar-attended',
  'event-registered',
  'event-attended',
  'trade-show',
  'direct-mail',
  'social-engagement',
  'chat',
  'sms-sent',
  'referral',
  'partner-introduction',
  'call-attempted',
  'call-connected',
  'meeting-booked',
  'meeting-held',
  'visit',
  'demo',
  'proposal-sent',
  'trial-started',
  'content-shared',
] as const;

const utmValue = optional(words(500));
const utmFields = z.strictObject({
  id: utmValue,
  source: utmValue,
  medium: utmValue,
  campaign: utmValue,
  term: utmValue,
  content: utmValue,
  sourcePlatform: utmValue,
  creativeFormat: utmValue,
  marketingTactic: utmValue,
});

export const touchRecorded = fact({
  name: 'touch.recorded',
  topic: 'journey.touches',
  summary: 'A contact between us and the market: done by them (activity) or done to them (exposure).',
  schema: z.strictObject({
    touchType: slug,
    kind: z.enum(['activity', 'exposure']),
    team: optional(team),
    channel: optional(label),
    campaign: optional(id),
    utm: optional(z.strictObject({ raw: optional(utmFields), normalised: optional(utmFields) })),
    asset: optional(z.strictObject({ id, title: optional(label), stage: optional(label) })),
    visitor: optional(id),
    person: optional(id),
    account: optional(id),
    lead: optional(id),
    opportunity: optional(id),
    actor: optional(id),
    cost: optional(money),
    url: optional(url),
    attributes: optional(attributes),
  }),
  sample: {
    touchType: 'form-submission',
    kind: 'activity',
    team: 'marketing',
    channel: 'paid_search',
    campaign: 'campaign-spring',
    utm: {
      raw: { source: 'Google', medium: 'CPC', campaign: 'Spring_2026' },
      normalised: { source: 'google', medium: 'cpc', campaign: 'spring_2026' },
    },
    asset: { id: 'guide-7', title: 'Buying guide', stage: 'consideration' },
    visitor: 'visitor-1',
    person: 'person-1',
    cost: { amount: 240, currency: 'EUR' },
    url: 'https://www.example.com/guide',
    attributes: { form: 'guide-request', newsletter: null },
  },
});

export const touchWithdrawn = fact({
  name: 'touch.withdrawn',
  topic: 'journey.touches',
  summary:
    'A touch never was, for good and in whatever order the two arrive. A correction is this and another touch, under an id of its own.',
  schema: z.strictObject({
    touch: words(200).meta({ description: 'the id that the touch was sent with' }),
    source: optional(
      id.meta({ description: 'the source that sent it; left out: the one that withdraws it' }),
    ),
    reason: optional(label),
    by: optional(member),
  }),
  sample: { touch: 'touch-1', reason: 'sent twice', by: 'member-1' },
});
