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

/** An event carries the data of the command that caused it, and what the decider adds. */
function caused(
  type: OpportunityEvent['type'],
  by: OpportunityCommand,
  added: Written = {},
): OpportunityEvent {
  return { type, data: { ...by.data, ...added } } as OpportunityEvent;
}

const price = { amount: 1_055_00, currency: 'USD' };

const open = command('OpenOpportunity', { stage: 'Prospecting', owner: 'sales-1' });
const openUnknown = command('OpenOpportunity');
const engage = command('ChangeStage', { to: 'Engaging' });
const setPrice = command('ChangeAmount', { to: price });
const addDecider = command('AddContact', { person: 'p-1', committeeRole: 'decision-maker' });
const addSomebody = command('AddContact', { person: 'p-1' });
const remove = command('RemoveContact', { person: 'p-1' });
const win = command('WinOpportunity', { amount: price, contributors: [{ member: 'marketing-1' }] });
const lose = command('LoseOpportunity', { reason: 'price' });
const reopen = command('ReopenOpportunity');

const opened = caused('OpportunityOpened', open);
const openedUnknown = caused('OpportunityOpened', openUnknown);
const priced = caused('AmountChanged', setPrice, { from: null });
const decider = caused('ContactAdded', addDecider);
const somebody = caused('ContactAdded', addSomebody);
const removed = caused('ContactRemoved', remove);
const won = caused('OpportunityWon', win);
const lost = caused('OpportunityLost', lose);
const reopened = caused('OpportunityReopened', reopen);

const state = (...past: OpportunityEvent[]) => fold(opportunityDecider, past);

describe('opening', () => {
  it('opens an opportunity of which only the id is known (I2: unknown is null, never 0)', () => {
    given([]).when(openUnknown).then([openedUnknown]);
    expect(state(openedUnknown)).toMatchObject({ situation: 'open', amount: null, stage: null, owner: null });
  });
  it('opens once', () => given([opened]).when(open).refused('opportunity-already-open'));
  it('refuses every other command before', () => {
    for (const other of [win, lose, engage, setPrice, addDecider, remove, reopen]) {
      given([]).when(other).refused('opportunity-unknown');
    }
  });
});

describe('changing', () => {
  it('carries the stage it leaves, which may be unknown', () => {
    given([opened])
      .when(engage)
      .then([caused('StageChanged', engage, { from: 'Prospecting' })]);
    given([openedUnknown])
      .when(engage)
      .then([caused('StageChanged', engage, { from: null })]);
  });
  it('keeps which exit criteria were skipped', () => {
    const skipping = command('ChangeStage', { to: 'Engaging', criteriaSkipped: ['budget confirmed'] });
    given([opened])
      .when(skipping)
      .then([caused('StageChanged', skipping, { from: 'Prospecting' })]);
  });
  it('has nothing to record when it is so already', () => {
    const already: OpportunityCommand[] = [
      command('ChangeStage', { to: 'Prospecting' }),
      command('ChangeAmount', { to: null }),
      command('ChangeCloseDate', { to: null }),
      command('ChangeOwner', { to: 'sales-1' }),
    ];
    for (const same of already) given([opened]).when(same).then([]);
    given([opened, decider]).when(addDecider).then([]);
    given([opened, decider]).when(addSomebody).then([]);
  });
  it('changes an amount by value or by currency (I8)', () => {
    const euros = command('ChangeAmount', { to: { ...price, currency: 'EUR' } });
    given([opened]).when(setPrice).then([priced]);
    given([opened, priced])
      .when(euros)
      .then([caused('AmountChanged', euros, { from: price })]);
  });
  it('forgets an amount that is not known any more', () => {
    const forget = command('ChangeAmount', { to: null });
    given([opened, priced])
      .when(forget)
      .then([caused('AmountChanged', forget, { from: price })]);
  });
  it('keeps a person in several roles, and learns a role that was unknown', () => {
    const sponsor = caused(
      'ContactAdded',
      command('AddContact', { person: 'p-1', committeeRole: 'sponsor' }),
    );
    given([opened, somebody]).when(addDecider).then([decider]);
    expect(state(opened, somebody, decider, sponsor)).toMatchObject({
      contacts: [
        { person: 'p-1', role: 'decision-maker' },
        { person: 'p-1', role: 'sponsor' },
      ],
    });
  });
  it('removes only a contact that is there, in one role or altogether', () => {
    const asCoach = command('RemoveContact', { person: 'p-1', committeeRole: 'coach' });
    given([opened, decider]).when(remove).then([removed]);
    given([opened, decider]).when(asCoach).refused('contact-absent');
    given([opened]).when(remove).refused('contact-absent');
    expect(state(opened, decider, removed)).toMatchObject({ contacts: [] });
  });
  it('judges its fit whatever the verdict, and grants an exception with its approver', () => {
    const judge = command('JudgeFit', { definition: { id: 'fit', version: 1 }, verdict: 'no-fit' });
    const grant = command('GrantException', { approver: 'director-1', expires: '2026-12-31' });
    given([opened])
      .when(judge)
      .then([caused('FitJudged', judge)]);
    given([opened])
      .when(grant)
      .then([caused('ExceptionGranted', grant)]);
  });
});

describe('closing', () => {
  it('wins and names every contributor', () => given([opened]).when(win).then([won]));
  it('loses with a reason', () => given([opened]).when(lose).then([lost]));
  it('keeps the known amount when the win names none', () => {
    const plain = caused('OpportunityWon', command('WinOpportunity'));
    expect(state(opened, priced, plain)).toMatchObject({ situation: 'won', amount: price });
  });
  it('closes once, whichever way', () => {
    given([opened, won]).when(win).refused('opportunity-closed');
    given([opened, won]).when(lose).refused('opportunity-closed');
    given([opened, lost]).when(win).refused('opportunity-closed');
  });
  it('stands still while closed', () => {
    given([opened, won]).when(engage).refused('opportunity-closed');
    given([opened, lost]).when(setPrice).refused('opportunity-closed');
  });
  it('still learns who took part, and gets a new owner', () => {
    const handOn = command('ChangeOwner', { to: 'account-manager-1' });
    given([opened, won]).when(addDecider).then([decider]);
    given([opened, won])
      .when(handOn)
      .then([caused('OwnerChanged', handOn, { from: 'sales-1' })]);
  });
  it('reopens what is closed, where it was closed or at a stage that is named', () => {
    const atProposal = caused('OpportunityReopened', command('ReopenOpportunity', { stage: 'proposal' }));
    for (const ending of [won, lost]) given([opened, ending]).when(reopen).then([reopened]);
    given([opened]).when(reopen).refused('opportunity-not-closed');
    expect(state(opened, lost, reopened)).toMatchObject({ situation: 'open', stage: 'Prospecting' });
    expect(state(opened, lost, atProposal)).toMatchObject({ situation: 'open', stage: 'proposal' });
  });
});
