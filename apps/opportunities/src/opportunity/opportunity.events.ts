import type { EventData, EventName } from '@throughline/contracts';
import type { DomainEvent } from '@throughline/decider';

/** The contract's data, less the opportunity's id: that is the stream's. */
type Told<N extends EventName> = Omit<EventData<N>, 'opportunity'>;

/** What happened to an opportunity. */
export type OpportunityEvent =
  | DomainEvent<'OpportunityOpened', Told<'opportunity.opened'>>
  | DomainEvent<'StageChanged', Told<'opportunity.stage-changed'>>
  | DomainEvent<'AmountChanged', Told<'opportunity.amount-changed'>>
  | DomainEvent<'CloseDateChanged', Told<'opportunity.close-date-changed'>>
  | DomainEvent<'OwnerChanged', Told<'opportunity.owner-changed'>>
  | DomainEvent<'ContactAdded', Told<'opportunity.contact-added'>>
  | DomainEvent<'ContactRemoved', Told<'opportunity.contact-removed'>>
  | DomainEvent<'FitJudged', Told<'opportunity.fit-judged'>>
  | DomainEvent<'ExceptionGranted', Told<'opportunity.exception-granted'>>
  | DomainEvent<'OpportunityWon', Told<'opportunity.won'>>
  | DomainEvent<'OpportunityLost', Told<'opportunity.lost'>>
  | DomainEvent<'OpportunityReopened', Told<'opportunity.reopened'>>;
