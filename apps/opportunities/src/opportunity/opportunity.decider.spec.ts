import { describe, expect, it } from '@jest/globals';
import { fold } from '@throughline/decider';
import { specification } from '@throughline/decider/testing';
import {
  type OpportunityCommand,
  type OpportunityCommandType,
  opportunityCommands,
} from './opportunity.commands.ts';
import { opportunityDecider } from './opportunity.decider.ts';
import type { OpportunityEvent } from './opportunity.events.ts';

type Written = Readonly<Record<string, unknown>>;

const given = specification(opportunityDecider);

/** A command as its sender writes it: what is left out is unknown. */
function command(type: OpportunityCommandType, data: Written = {}): OpportunityCommand {
  return { type, data: opportunityCommands[type].parse(data) } as OpportunityCommand;
}

/** An event carries the data of the command that caused it. */
function event(
  type: OpportunityEvent['type'],
  from: OpportunityCommandType,
  data: Written = {},
): OpportunityEvent {
  return { type, data: opportunityCommands[from].parse(data) } as OpportunityEvent;
}

const price = { amount: 1_055_00, currency: 'USD' };
const opened = event('OpportunityOpened', 'OpenOpportunity', { stage: 'Prospecting', owner: 'sales-1' });
const unknownStage = event('OpportunityOpened', 'OpenOpportunity');
const won = event('OpportunityWon', 'WinOpportunity', {
  amount: price,
  contributors: ['marketing-1', 'sales-1'],
});
const lost = event('OpportunityLost', 'LoseOpportunity', { reason: 'price' });
const contact = event('ContactAdded', 'AddContact', { person: 'p-1', role: 'decider' });

const win = command('WinOpportunity', { amount: price, contributors: ['marketing-1', 'sales-1'] });
const lose = command('LoseOpportunity', { reason: 'price' });
const engage = command('ChangeStage', { to: 'Engaging' });

describe('opening', () => {
  it('opens an opportunity of which only the id is known (I2: unknown is null, never 0)', () => {
    given([]).when(command('OpenOpportunity')).then([unknownStage]);
    expect(fold(opportunityDecider, [unknownStage])).toMatchObject({
      situation: 'open',
      amount: null,
      stage: null,
    });
  });
  it('opens once', () =>
    given([opened]).when(command('OpenOpportunity')).refused('opportunity-already-open'));
  it('refuses every other command before', () => {
    for (const other of [
      win,
      lose,
      engage,
      command('JudgeFit', { definition: { id: 'fit', version: 1 }, verdict: true }),
    ])
      given([]).when(other).refused('opportunity-unknown');
  });
});

describe('changing', () => {
  it('carries the stage it leaves, which may be unknown', () => {
    const to = { to: 'Engaging', criteria: [] };
    given([opened])
      .when(engage)
      .then([{ type: 'StageChanged', data: { from: 'Prospecting', ...to } }]);
    given([unknownStage])
      .when(engage)
      .then([{ type: 'StageChanged', data: { from: null, ...to } }]);
  });
  it('keeps which exit criteria were skipped', () => {
    const criteria = [{ criterion: 'budget confirmed', met: false }];
    given([opened])
      .when(command('ChangeStage', { to: 'Engaging', criteria }))
      .then([{ type: 'StageChanged', data: { from: 'Prospecting', to: 'Engaging', criteria } }]);
  });
  it('has nothing to record when it is so already', () => {
    given([opened])
      .when(command('ChangeStage', { to: 'Prospecting' }))
      .then([]);
    given([opened])
      .when(command('ChangeAmount', { amount: null }))
      .then([]);
    given([opened]).when(command('ChangeCloseDate')).then([]);
    given([opened])
      .when(command('ChangeOwner', { owner: 'sales-1' }))
      .then([]);
    given([opened, contact])
      .when(command('AddContact', { person: 'p-1', role: 'decider' }))
      .then([]);
  });
  it('changes an amount by value or by currency (I8)', () => {
    const priced = event('AmountChanged', 'ChangeAmount', { amount: price });
    const euros = { amount: { ...price, currency: 'EUR' } };
    given([opened])
      .when(command('ChangeAmount', { amount: price }))
      .then([priced]);
    given([opened, priced])
      .when(command('ChangeAmount', euros))
      .then([event('AmountChanged', 'ChangeAmount', euros)]);
  });
  it('replaces the role of a contact by a later one', () => {
    const sponsor = { person: 'p-1', role: 'sponsor' };
    given([opened, contact])
      .when(command('AddContact', sponsor))
      .then([event('ContactAdded', 'AddContact', sponsor)]);
    expect(
      fold(opportunityDecider, [opened, contact, event('ContactAdded', 'AddContact', sponsor)]),
    ).toMatchObject({
      contacts: [sponsor],
    });
  });
  it('removes only a contact that is there', () => {
    const remove = command('RemoveContact', { person: 'p-1' });
    given([opened, contact])
      .when(remove)
      .then([event('ContactRemoved', 'RemoveContact', { person: 'p-1' })]);
    given([opened]).when(remove).refused('contact-absent');
  });
  it('grants an exception with its approver and expiry', () => {
    const granted = { approver: 'director-1', expiry: '2026-12-31T00:00:00Z' };
    given([opened])
      .when(command('GrantException', granted))
      .then([event('ExceptionGranted', 'GrantException', granted)]);
  });
});

describe('closing', () => {
  it('wins and names every contributor', () => given([opened]).when(win).then([won]));
  it('loses with a reason', () => given([opened]).when(lose).then([lost]));
  it('keeps the known amount when the win names none', () => {
    const priced = event('AmountChanged', 'ChangeAmount', { amount: price });
    expect(
      fold(opportunityDecider, [opened, priced, event('OpportunityWon', 'WinOpportunity')]),
    ).toMatchObject({
      situation: 'won',
      amount: price,
    });
  });
  it('closes once, whichever way', () => {
    given([opened, won]).when(win).refused('opportunity-closed');
    given([opened, won]).when(lose).refused('opportunity-closed');
    given([opened, lost]).when(win).refused('opportunity-closed');
  });
  it('stands still while closed', () => {
    given([opened, won]).when(engage).refused('opportunity-closed');
    given([opened, lost])
      .when(command('ChangeAmount', { amount: price }))
      .refused('opportunity-closed');
  });
  it('still learns who took part, and gets a new owner', () => {
    given([opened, won])
      .when(command('AddContact', { person: 'p-1', role: 'decider' }))
      .then([contact]);
    given([opened, won])
      .when(command('ChangeOwner', { owner: 'account-manager-1' }))
      .then([event('OwnerChanged', 'ChangeOwner', { owner: 'account-manager-1' })]);
  });
  it('reopens what is closed, on the stage it was closed on', () => {
    const reopened = event('OpportunityReopened', 'ReopenOpportunity');
    for (const ending of [won, lost])
      given([opened, ending]).when(command('ReopenOpportunity')).then([reopened]);
    given([opened]).when(command('ReopenOpportunity')).refused('opportunity-not-closed');
    expect(fold(opportunityDecider, [opened, lost, reopened])).toMatchObject({
      situation: 'open',
      stage: 'Prospecting',
    });
  });
});
