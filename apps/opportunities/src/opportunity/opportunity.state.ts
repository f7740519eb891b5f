import type { EventData } from '@throughline/contracts';
import type { OpportunityEvent } from './opportunity.events.ts';

type Opened = EventData<'opportunity.opened'>;

/** A person may sit in the buying committee in several roles; a role of null is not known. */
export interface Contact {
  readonly person: string;
  readonly role: string | null;
}

interface Deal extends Pick<Opened, 'amount' | 'closeDate' | 'owner'> {
  /** where the customer is; null is unknown. Winning and losing leave it as it was. */
  readonly stage: string | null;
  readonly contacts: readonly Contact[];
}

export type Known = Deal &
  (
    | { readonly situation: 'open' }
    | { readonly situation: 'won'; readonly contributors: EventData<'opportunity.won'>['contributors'] }
    | { readonly situation: 'lost'; readonly reason: string | null }
  );

export type Opportunity = { readonly situation: 'unknown' } | Known;

export const initial: Opportunity = { situation: 'unknown' };

export function evolve(opportunity: Opportunity, event: OpportunityEvent): Opportunity {
  if (event.type === 'OpportunityOpened') {
    const { stage, amount, closeDate, owner } = event.data;
    return { situation: 'open', stage, amount, closeDate, owner, contacts: [] };
  }
  if (opportunity.situation === 'unknown') return opportunity;
  switch (event.type) {
    case 'StageChanged':
      return { ...opportunity, stage: event.data.to };
    case 'AmountChanged':
      return { ...opportunity, amount: event.data.to };
    case 'CloseDateChanged':
      return { ...opportunity, closeDate: event.data.to };
    case 'OwnerChanged':
      return { ...opportunity, owner: event.data.to };
    case 'ContactAdded': {
      const { person, committeeRole: role } = event.data;
      const others = opportunity.contacts.filter(
        (contact) => contact.person !== person || contact.role !== null,
      );
      return { ...opportunity, contacts: [...others, { person, role }] };
    }
    case 'ContactRemoved': {
      const { person, committeeRole: role } = event.data;
      return {
        ...opportunity,
        contacts: opportunity.contacts.filter((contact) => !meant(contact, person, role)),
      };
    }
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
      return { ...dealOf(opportunity), situation: 'open', stage: event.data.stage ?? opportunity.stage };
    default:
      return event satisfies never;
  }
}

/** Whether a contact is the one named by a person and a role; without a role, every role of that person is meant. */
export function meant(contact: Contact, person: string, role: string | null): boolean {
  return contact.person === person && (role === null || contact.role === role);
}

function dealOf({ stage, amount, closeDate, owner, contacts }: Known): Deal {
  return { stage, amount, closeDate, owner, contacts };
}
