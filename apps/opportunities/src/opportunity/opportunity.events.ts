import type { DomainEvent } from '@throughline/decider';
import type { OpportunityCommandData } from './opportunity.commands.ts';

/** What happened to an opportunity, as its own service keeps it; the publication turns it into the contract. */
export type OpportunityEvent =
  | DomainEvent<'OpportunityOpened', OpportunityCommandData<'OpenOpportunity'>>
  | DomainEvent<'StageChanged', { readonly from: string | null } & OpportunityCommandData<'ChangeStage'>>
  | DomainEvent<'AmountChanged', OpportunityCommandData<'ChangeAmount'>>
  | DomainEvent<'CloseDateChanged', OpportunityCommandData<'ChangeCloseDate'>>
  | DomainEvent<'OwnerChanged', OpportunityCommandData<'ChangeOwner'>>
  | DomainEvent<'ContactAdded', OpportunityCommandData<'AddContact'>>
  | DomainEvent<'ContactRemoved', OpportunityCommandData<'RemoveContact'>>
  | DomainEvent<'FitJudged', OpportunityCommandData<'JudgeFit'>>
  | DomainEvent<'ExceptionGranted', OpportunityCommandData<'GrantException'>>
  | DomainEvent<'OpportunityWon', OpportunityCommandData<'WinOpportunity'>>
  | DomainEvent<'OpportunityLost', OpportunityCommandData<'LoseOpportunity'>>
  | DomainEvent<'OpportunityReopened', OpportunityCommandData<'ReopenOpportunity'>>;
