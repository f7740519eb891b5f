import { exchangeRateSet, exchangeRateWithdrawn, type EventData } from '@throughline/contracts';
import type { Command } from '@throughline/decider';
import { z } from 'zod';

export type ExchangeRate = EventData<'exchange-rate.set'>;
export type WithdrawnRate = EventData<'exchange-rate.withdrawn'>;

const { day, rate, by } = exchangeRateSet.schema.shape;

/** What a sender says of a rate; the pair stands in the route. */
export const setRate = z.strictObject({ day, rate, by }).meta({
  examples: [{ day: '2026-03-01', rate: '0.92', by: 'member-1' }],
});
/** Which rate of the pair in the route is taken back. */
export const withdrawRate = exchangeRateWithdrawn.schema.omit({ from: true, to: true }).meta({
  examples: [{ day: '2026-03-01', by: 'member-1' }],
});

export type SetRate = Command<'SetRate', ExchangeRate>;
export type WithdrawRate = Command<'WithdrawRate', WithdrawnRate>;
export type RateCommand = SetRate | WithdrawRate;
