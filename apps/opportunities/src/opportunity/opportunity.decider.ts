import type { Decider } from '@throughline/decider';
import type { OpportunityCommand, OpportunityCommandData } from './opportunity.commands.ts';
import { refuse } from './opportunity.error.ts';
import type { OpportunityEvent } from './opportunity.events.ts';
import { type Known, type Opportunity, evolve, initial, meant } from './opportunity.state.ts';

type Events = readonly OpportunityEvent[];

/** The life of an opportunity. Only its id is required; everything else may be unknown, and unknown is null. */
export const opportunityDecider: Decider<OpportunityCommand, OpportunityEvent, Opportunity> = {
  initial,
  evolve,
  decide,
};

function decide(command: OpportunityCommand, opportunity: Opportunity): Events {
  switch (command.type) {
    case 'OpenOpportunity':
      return open(command.data, opportunity);
    case 'ChangeStage':
      return changeStage(command.data, opportunity);
    case 'ChangeAmount':
      return changeAmount(command.data, opportunity);
    case 'ChangeCloseDate':
      return changeCloseDate(command.data, opportunity);
    case 'ChangeOwner':
      return changeOwner(command.data, opportunity);
    case 'AddContact':
      return addContact(command.data, opportunity);
    case 'RemoveContact':
      return removeContact(command.data, opportunity);
    case 'JudgeFit':
      return judgeFit(command.data, opportunity);
    case 'GrantException':
      return grantException(command.data, opportunity);
    case 'WinOpportunity':
      return win(command.data, opportunity);
    case 'LoseOpportunity':
      return lose(command.data, opportunity);
    case 'ReopenOpportunity':
      return reopen(command.data, opportunity);
    default:
      return command satisfies never;
  }
}

function open(data: OpportunityCommandData<'OpenOpportunity'>, opportunity: Opportunity): Events {
  if (opportunity.situation !== 'unknown') {
    refuse(
      'opportunity-already-open',
      'This opportunity exists. Use another id, or send what changed as its own command.',
    );
  }
  return [{ type: 'OpportunityOpened', data }];
}

function changeStage(data: OpportunityCommandData<'ChangeStage'>, opportunity: Opportunity): Events {
  const { stage: from } = stillOpen(opportunity);
  return from === data.to ? [] : [{ type: 'StageChanged', data: { ...data, from } }];
}

function changeAmount(data: OpportunityCommandData<'ChangeAmount'>, opportunity: Opportunity): Events {
  const { amount: from } = stillOpen(opportunity);
  const same = from?.amount === data.to?.amount && from?.currency === data.to?.currency;
  return same ? [] : [{ type: 'AmountChanged', data: { ...data, from } }];
}

function changeCloseDate(data: OpportunityCommandData<'ChangeCloseDate'>, opportunity: Opportunity): Events {
  const { closeDate: from } = stillOpen(opportunity);
  return from === data.to ? [] : [{ type: 'CloseDateChanged', data: { ...data, from } }];
}

/** Also after the deal closed: the account is handed on. */
function changeOwner(data: OpportunityCommandData<'ChangeOwner'>, opportunity: Opportunity): Events {
  const { owner: from } = opened(opportunity);
  return from === data.to ? [] : [{ type: 'OwnerChanged', data: { ...data, from } }];
}

/** Also after the deal closed: who sat in the committee is often learnt late. */
function addContact(data: OpportunityCommandData<'AddContact'>, opportunity: Opportunity): Events {
  const { contacts } = opened(opportunity);
  const there = contacts.some((contact) => meant(contact, data.person, data.committeeRole));
  return there ? [] : [{ type: 'ContactAdded', data }];
}

function removeContact(data: OpportunityCommandData<'RemoveContact'>, opportunity: Opportunity): Events {
  const { contacts } = opened(opportunity);
  if (!contacts.some((contact) => meant(contact, data.person, data.committeeRole))) {
    refuse(
      'contact-absent',
      'This person is not in the committee, or not in this role. Add the contact first.',
    );
  }
  return [{ type: 'ContactRemoved', data }];
}

function judgeFit(data: OpportunityCommandData<'JudgeFit'>, opportunity: Opportunity): Events {
  opened(opportunity);
  return [{ type: 'FitJudged', data }];
}

function grantException(data: OpportunityCommandData<'GrantException'>, opportunity: Opportunity): Events {
  stillOpen(opportunity);
  return [{ type: 'ExceptionGranted', data }];
}

/** A null amount keeps the one known so far; the event says what the command said. */
function win(data: OpportunityCommandData<'WinOpportunity'>, opportunity: Opportunity): Events {
  stillOpen(opportunity);
  return [{ type: 'OpportunityWon', data }];
}

function lose(data: OpportunityCommandData<'LoseOpportunity'>, opportunity: Opportunity): Events {
  stillOpen(opportunity);
  return [{ type: 'OpportunityLost', data }];
}

function reopen(data: OpportunityCommandData<'ReopenOpportunity'>, opportunity: Opportunity): Events {
  if (opened(opportunity).situation === 'open') {
    refuse('opportunity-not-closed', 'The opportunity is open already. Send the change itself.');
  }
  return [{ type: 'OpportunityReopened', data }];
}

function opened(opportunity: Opportunity): Known {
  if (opportunity.situation === 'unknown')
    refuse('opportunity-unknown', 'No opportunity with this id. Open it first.');
  return opportunity;
}

function stillOpen(opportunity: Opportunity): Known {
  const known = opened(opportunity);
  if (known.situation !== 'open')
    refuse('opportunity-closed', `The opportunity is ${known.situation}. Reopen it first.`);
  return known;
}
