import { z } from 'zod';
import { decision } from './definition.ts';
import { count, id, instant, label, money, optional, slug } from './fields.ts';

const topic = 'journey.attribution';

/** Places that one list of a parameter, or a snapshot, can name. */
export const MOST_PLACES = 500;
/** Shares that one event can say: more than that go on in `credit.continued`, so that every record fits into a batch. */
export const SHARES_AN_EVENT = 2_000;
/** Touches of one deal that can count; beyond them the most recent do, and those that hold milestones. */
export const MOST_COUNTED_TOUCHES = 65_000;
/** Shares are counted in millionths, so that they sum without rounding. */
export const WHOLE_CREDIT = 1_000_000;

/** Whose touches count for a deal. */
export const CREDIT_SCOPES = ['account', 'contact-roles', 'primary-contact'] as const;
/** Why a whole, or a part of it, is nobody's. */
export const UNATTRIBUTED_REASONS = [
  'no-touch',
  'close-undated',
  'no-touch-of-the-rule',
  'no-touch-at-milestone',
  'close-before-opening',
  'negative-amount',
  'not-won',
] as const;

const name = z.string().min(1).max(100);
const text = z.string().max(200);
const parameter = z.union([
  text,
  z.array(text).max(100),
  z.record(name, text),
  z.record(name, z.array(text).max(MOST_PLACES)),
]);
const parameters = z
  .record(name, parameter)
  .meta({ description: 'every parameter of the rule, defaults included, numbers as decimal text' });

const channels = z.array(label).min(1).max(100);
/** One step that a path is made by, see libs/attribution; steps are taken in the order given. */
const pathStep = z.discriminatedUnion('step', [
  z.strictObject({ step: z.enum(['collapse-repeats', 'first-occurrence']) }),
  z.strictObject({ step: z.enum(['exclude', 'exclude-trailing']), channels }),
  z.strictObject({ step: z.literal('keep-last'), touches: z.int().min(1).max(MOST_COUNTED_TOUCHES) }),
]);

/** What a definition says of the touches that count; what came later is left out where it is not said. */
const counting = {
  rule: slug,
  parameters,
  scope: z.enum(CREDIT_SCOPES),
  exposures: z
    .boolean()
    .meta({ description: 'whether what was done to people counts, not only what they did' }),
  windowDays: optional(z.int().min(0).max(36_500)),
  mostRecent: optional(z.int().min(1).max(MOST_COUNTED_TOUCHES)).meta({
    description:
      'the most recent touches that count, after path steps; those that hold milestones count beside them; null: all',
  }),
  severalConversions: z.enum(['reuse', 'restart']),
  pathSteps: z
    .array(pathStep)
    .min(1)
    .max(10)
    .optional()
    .meta({ description: 'how the path is made of the touches that count; left out: every touch stays' }),
};

const MOST_STAGES = 100;
const probability = z
  .string()
  .regex(/^(0(\.\d{1,12})?|1(\.0{1,12})?)$/, 'must be a decimal number from 0 to 1');
const stageProbabilities = z
  .strictObject({
    stages: z
      .record(label, probability)
      .refine(
        (stages) => Object.keys(stages).length <= MOST_STAGES,
        `must have at most ${MOST_STAGES} stages`,
      )
      .meta({ maxProperties: MOST_STAGES }),
    other: probability.meta({ description: 'of a stage that is not named, and where no stage is known' }),
  })
  .optional()
  .meta({ description: 'pipeline is amount × probability of the stage; left out: the whole amount' });

export const attributionModelDefined = decision({
  name: 'attribution-model.defined',
  topic,
  key: ({ model }) => model,
  route: 'POST /v1/attribution-models/{modelId}/define',
  summary:
    'A version of a model: its rule, whose touches count and how far back, for deals closed from a day on.',
  schema: z.strictObject({
    model: slug,
    version: z.int().min(1),
    title: optional(label),
    ...counting,
    milestones: z.enum(['first', 'last']).optional().meta({
      description:
        'which lead capture and which opening hold the milestones, where there are several; left out: the first',
    }),
    stageProbabilities,
    inForceFrom: optional(instant),
  }),
  sample: {
    model: 'time-decay',
    version: 2,
    title: 'Time decay, two weeks',
    rule: 'time-decay',
    parameters: { halfLifeDays: '14' },
    scope: 'account',
    exposures: false,
    windowDays: 180,
    mostRecent: 500,
    severalConversions: 'reuse',
    pathSteps: [{ step: 'exclude', channels: ['direct'] }, { step: 'collapse-repeats' }],
    stageProbabilities: { stages: { discovery: '0.2', proposal: '0.5' }, other: '0.1' },
    inForceFrom: '2026-04-01T00:00:00Z',
  },
});

const minor = z.int();
const millionths = z.int().min(0).max(WHOLE_CREDIT);
const part = { weight: millionths, amount: optional(minor) };
const share = z.strictObject({ touch: z.uuid(), person: optional(id), ...part });
const credit = z.strictObject({
  opportunity: id,
  model: z.strictObject({ id: slug, version: z.int().min(1) }),
  outcome: z.enum(['won', 'lost', 'open']),
  ...counting,
  closedAt: optional(instant),
  amount: optional(money),
  considered: count.optional().meta({ description: 'touches on its path; told by older events only' }),
  leftOut: z
    .strictObject({
      ...{ exposures: count, undated: count, late: count, early: count, beyond: count },
      folded: count
        .optional()
        .meta({ description: 'taken out by path steps, where the definition has some' }),
    })
    .optional()
    .meta({ description: 'touches that do not count; told by older events only' }),
  shares: z
    .array(share)
    .max(SHARES_AN_EVENT)
    .meta({ description: 'the first ones, where the credit has several parts' }),
  parts: z.int().min(2).optional().meta({
    description: 'events that say this credit: this one, and the next of its stream (credit.continued)',
  }),
  unattributed: z.strictObject({ ...part, reason: optional(z.enum(UNATTRIBUTED_REASONS)) }),
});

const sample: z.input<typeof credit> = {
  opportunity: 'opportunity-1',
  model: { id: 'first', version: 1 },
  outcome: 'won',
  rule: 'first',
  parameters: {},
  scope: 'account',
  exposures: false,
  windowDays: 365,
  mostRecent: 500,
  severalConversions: 'reuse',
  closedAt: '2026-06-30T15:00:00Z',
  amount: { amount: 505_400, currency: 'EUR' },
  shares: [
    {
      touch: '3f2c1a5e-7d64-5b9e-8a11-0c7b6d5e4f30',
      person: 'person-1',
      weight: WHOLE_CREDIT,
      amount: 505_400,
    },
  ],
  unattributed: { weight: 0, amount: 0 },
};
const route = 'POST /v1/credit/recompute';
const key = ({ opportunity }: { opportunity: string }): string => opportunity;

export const creditAssigned = decision({
  name: 'credit.assigned',
  topic,
  key,
  route,
  summary: 'The credit of a won deal under a version of a model: shares and the rest sum to its amount.',
  schema: credit,
  sample,
});

export const creditRevised = decision({
  name: 'credit.revised',
  topic,
  key,
  route,
  summary: 'The credit of a deal under a model is another one now, and replaces what was said before.',
  schema: credit,
  sample: {
    ...sample,
    amount: { amount: 520_000, currency: 'EUR' },
    shares: [],
    unattributed: { weight: WHOLE_CREDIT, amount: 520_000, reason: 'no-touch' },
  },
});

export const creditContinued = decision({
  name: 'credit.continued',
  topic,
  key,
  route,
  summary: 'More shares of the credit that the events before it in its stream began; they sum together.',
  schema: z.strictObject({
    opportunity: id,
    model: z.strictObject({ id: slug, version: z.int().min(1) }),
    part: z.int().min(2).meta({ description: 'from 2 on; the first is credit.assigned or credit.revised' }),
    parts: z.int().min(2),
    shares: z.array(share).min(1).max(SHARES_AN_EVENT),
  }),
  sample: {
    ...{ opportunity: 'opportunity-1', model: { id: 'linear', version: 1 }, part: 2, parts: 2 },
    shares: [{ touch: '3f2c1a5e-7d64-5b9e-8a11-0c7b6d5e4f31', person: 'person-1', weight: 400, amount: 202 }],
  },
});
