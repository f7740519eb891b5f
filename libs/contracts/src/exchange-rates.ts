import { z } from 'zod';
import { decision } from './definition.ts';
import { currencyCode, day, member, optional } from './fields.ts';

const pair = { from: currencyCode, to: currencyCode };
const key = ({ from, to }: { readonly from: string; readonly to: string }) => `${from}/${to}`;

const RATE = 'must be a decimal number above 0 as text, with 12 places at most, like 0.92';

export const exchangeRateSet = decision({
  name: 'exchange-rate.set',
  topic: 'journey.attribution',
  key,
  route: 'POST /v1/exchange-rates/{from}/{to}/set',
  summary:
    'What one unit of a currency is worth in another from a day on; set again for a day, the last one stands.',
  schema: z.strictObject({
    ...pair,
    day: day.meta({ description: 'from the beginning of this day on, UTC' }),
    rate: z
      .string()
      .regex(/^(0|[1-9]\d{0,11})(\.\d{1,12})?$/, RATE)
      .regex(/[1-9]/, RATE)
      .meta({
        description: 'what 1 whole unit of `from` is worth in whole units of `to`: 0.92 euro a dollar',
      }),
    by: optional(member),
  }),
  sample: { from: 'USD', to: 'EUR', day: '2026-03-01', rate: '0.92', by: 'member-1' },
});

export const exchangeRateWithdrawn = decision({
  name: 'exchange-rate.withdrawn',
  topic: 'journey.attribution',
  key,
  route: 'POST /v1/exchange-rates/{from}/{to}/withdraw',
  summary:
    'The rate that was set for a day is taken back: the one of the day before that has one counts on, until it is set again.',
  schema: z.strictObject({
    ...pair,
    day: day.meta({ description: 'the day that the rate was set for' }),
    by: optional(member),
  }),
  sample: { from: 'USD', to: 'EUR', day: '2026-03-01', by: 'member-1' },
});
