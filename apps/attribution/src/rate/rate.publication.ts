import type { DecisionName, EventData } from '@throughline/contracts';
import type { Publication } from '@throughline/decider';
import type { ExchangeRate, WithdrawnRate } from './rate.commands.ts';
import type { RateEvent } from './rate.events.ts';

/** Rates of a pair; its key on the log is the pair, `USD/EUR`, which the event says too. */
export const ratePublication: Publication<RateEvent, DecisionName> = {
  publish(event) {
    if (event.type === 'RateSet') return { name: 'exchange-rate.set', data: event.data };
    if (event.type === 'RateWithdrawn') return { name: 'exchange-rate.withdrawn', data: event.data };
    throw new Error('What is said of deals is said by the credit book.');
  },
  restore({ name, data }) {
    if (name === 'exchange-rate.set') return { type: 'RateSet', data: data as ExchangeRate };
    if (name === 'exchange-rate.withdrawn') return { type: 'RateWithdrawn', data: data as WithdrawnRate };
    return { type: 'SaidOfDeal', data: data as EventData };
  },
};
