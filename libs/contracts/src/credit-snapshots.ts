import { z } from 'zod';
import { attributionModelDefined, MOST_PLACES } from './attribution.ts';
import { decision } from './definition.ts';
import { exchangeRateSet } from './exchange-rates.ts';
import { count, instant, label, money, optional, slug } from './fields.ts';

const decimal = z.string().regex(/^-?\d+(\.\d{1,12})?$/, 'must be a decimal number with 12 places at most');
const figures = { conversions: decimal, value: z.int() };

/** Of a channel; what not every rule gives is left out where it does not. */
const channelWeight = z.strictObject({
  channel: label,
  weight: decimal.meta({ description: 'may be negative under shapley-general' }),
  ...figures,
  places: z
    .array(z.strictObject({ place: z.int().min(1).max(MOST_PLACES), ...figures }))
    .max(MOST_PLACES)
    .optional()
    .meta({ description: 'shapley-ordered: what the channel gets for standing there; they sum to it' }),
  standardError: z
    .strictObject({ weight: decimal, conversions: decimal, value: decimal })
    .optional()
    .meta({ description: 'shapley-general, where it was sampled: of each figure, in its unit' }),
});

const usedRates = z
  .array(exchangeRateSet.schema.omit({ by: true }))
  .min(1)
  .max(5_000)
  .optional()
  .meta({
    description: 'what amounts were converted by, at the close of each deal; left out where none was',
  });

export const creditSnapshotTaken = decision({
  name: 'credit.snapshot-taken',
  topic: 'journey.attribution',
  key: ({ model }) => model,
  route: 'POST /v1/snapshots',
  summary:
    'What a data-driven model makes of all paths as of an instant: a weight and the credit of each channel.',
  schema: z.strictObject({
    model: slug,
    number: z.int().min(1),
    rule: slug,
    parameters: attributionModelDefined.schema.shape.parameters,
    asOf: instant,
    currency: optional(money.shape.currency.unwrap().unwrap()),
    rates: usedRates,
    journeys: z.strictObject({
      won: count,
      lost: count,
      open: count,
      withoutAmount: count,
      otherCurrency: count,
    }),
    weights: z.array(channelWeight).max(1_000),
    unattributed: z.strictObject(figures),
    totals: z.strictObject(figures),
    inputDigest: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  sample: {
    model: 'markov-1',
    number: 1,
    rule: 'markov',
    parameters: { order: '1', lost: 'with' },
    asOf: '2026-07-01T00:00:00Z',
    currency: 'EUR',
    journeys: { won: 1, lost: 2, open: 4, withoutAmount: 0, otherCurrency: 0 },
    weights: [
      { channel: 'email', weight: '1', conversions: '0.666666666667', value: 336_933 },
      { channel: 'paid_search', weight: '0.5', conversions: '0.333333333333', value: 168_467 },
    ],
    unattributed: { conversions: '0', value: 0 },
    totals: { conversions: '1', value: 505_400 },
    inputDigest: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  },
});
