import type { DomainEvent } from '@throughline/decider';
import type { ExchangeRate, WithdrawnRate } from './rate.commands.ts';

export type RateSet = DomainEvent<'RateSet', ExchangeRate>;
export type RateWithdrawn = DomainEvent<'RateWithdrawn', WithdrawnRate>;
/** Said of a deal that has the name of a pair: both are told in one stream, and mean nothing to each other. */
export type SaidOfDeal = DomainEvent<'SaidOfDeal', unknown>;
export type RateEvent = RateSet | RateWithdrawn | SaidOfDeal;
