import type { OpportunityCommandData } from './opportunity.commands.ts';
import type { OpportunityEvent } from './opportunity.events.ts';

type Amount = OpportunityCommandData<'ChangeAmount'>['amount'];

interface Deal {
  /** where the customer is; null is unknown. Winning and losing leave it as it was. */
  readonly stage: string | null;
  readonly amount: Amount;
  readonly closeDate: string | null;
  readonly owner: string | null;
  readonly contacts: readonly { readonly person: string; readonly role: string | null }[];
}

export type Known = Deal &
  (
    | { readonly situation: 'open' }
    | { readonly situation: 'won'; readonly contributors: readonly string[] }
    | { readonly situation: 'lost'; readonly reason: string | null }
  );

export type Opportunity = { readonly situation: 'unknown' } | Known;

export const initial: Opportunity = { situation: 'unknown' };

export function evolve(opportunity: Opportunity, event: OpportunityEvent): Opportunity {
  if (event.type === 'OpportunityOpened') {
    const { stage, amount, owner } = event.data;
    return { situation: 'open', stage, amount, owner, closeDate: null, contacts: [] };
  }
  if (opportunity.situation === 'unknown') return opportunity;
  switch (event.type) {
    case 'StageChanged':
      return { ...opportunity, stage: event.data.to };
    case 'AmountChanged':
      return { ...opportunity, amount: event.data.amount };
    case 'CloseDateChanged':
      return { ...opportunity, closeDate: event.data.closeDate };
    case 'OwnerChanged':
      return { ...opportunity, owner: event.data.owner };
    case 'ContactAdded':
      return { ...opportunity, contacts: [...without(opportunity, event.data.person), event.data] };
    case 'ContactRemoved':
      return { ...opportunity, contacts: without(opportunity, event.data.person) };
    case 'FitJudged':
    case 'ExceptionGranted':
      return opportunity;
    case 'OpportunityWon': {
      const { amount, contributors } = event.data;
      return { ...dealOf(opportunity), situation: 'won', amount: amount ?? opportunity.amount, contributors };
    }
    case 'OpportunityLost':
      return { ...dealOf(opportunity), situation: 'lost', reason: event.data.reason };
    case 'OpportunityReopened':
      return { ...dealOf(opportunity), situation: 'open' };
    default:
      return event satisfies never;
  }
}

function without(deal: Deal, person: string): Deal['contacts'] {
  return deal.contacts.filter((contact) => contact.person !== person);
}

function dealOf({ stage, amount, closeDate, owner, contacts }: Known): Deal {
  return { stage, amount, closeDate, owner, contacts };
}
