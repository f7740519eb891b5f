import { SHARES_AN_EVENT, type EventData } from '@throughline/contracts';
import type { CreditEvent } from './credit.decider.ts';

type Continued = EventData<'credit.continued'>;
/** One event of a credit: what begins it, and what goes on with more shares. */
export type CreditPart = CreditEvent | { readonly name: 'credit.continued'; readonly data: Continued };

/** The events that say a credit, in the order of its stream: one, unless it has more shares than an event can hold. */
export function partsOf({ name, data }: CreditEvent): readonly CreditPart[] {
  const { shares, opportunity, model } = data;
  if (shares.length <= SHARES_AN_EVENT) return [{ name, data }];
  const parts = Math.ceil(shares.length / SHARES_AN_EVENT);
  const slice = (at: number) => shares.slice(at * SHARES_AN_EVENT, (at + 1) * SHARES_AN_EVENT);
  const more = Array.from({ length: parts - 1 }, (_, at) => ({
    name: 'credit.continued' as const,
    data: { opportunity, model, part: at + 2, parts, shares: slice(at + 1) },
  }));
  return [{ name, data: { ...data, shares: slice(0), parts } }, ...more];
}
