import type { DecisionName, EventData } from '@throughline/contracts';
import { publishAs } from '@throughline/decider';
import type { OpportunityEvent } from './opportunity.events.ts';

/** The name of each event in the catalogue. Its key on the log is the stream: the opportunity's id. */
export const opportunityPublication = publishAs<
  OpportunityEvent,
  { [N in DecisionName]: EventData<N> },
  'opportunity'
>('opportunity', {
  OpportunityOpened: 'opportunity.opened',
  StageChanged: 'opportunity.stage-changed',
  AmountChanged: 'opportunity.amount-changed',
  CloseDateChanged: 'opportunity.close-date-changed',
  OwnerChanged: 'opportunity.owner-changed',
  ContactAdded: 'opportunity.contact-added',
  ContactRemoved: 'opportunity.contact-removed',
  FitJudged: 'opportunity.fit-judged',
  ExceptionGranted: 'opportunity.exception-granted',
  OpportunityWon: 'opportunity.won',
  OpportunityLost: 'opportunity.lost',
  OpportunityReopened: 'opportunity.reopened',
});
