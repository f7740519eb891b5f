import { describe, expect, it } from '@jest/globals';
import { fold } from '@throughline/decider';
import { specification } from '@throughline/decider/testing';
import { type LeadCommand, type LeadCommandType, leadCommands } from './lead.commands.ts';
import { leadDecider } from './lead.decider.ts';
import type { LeadEvent } from './lead.events.ts';

const given = specification(leadDecider);

type Written = Readonly<Record<string, unknown>>;

/** A command as its sender writes it: what is left out is unknown. */
function command(type: LeadCommandType, data: Written = {}): LeadCommand {
  return { type, data: leadCommands[type].parse(data) } as LeadCommand;
}

/** An event carries the data of the command that caused it, and what the decider adds. */
function event(
  type: LeadEvent['type'],
  from: LeadCommandType,
  data: Written = {},
  added: Written = {},
): LeadEvent {
  return { type, data: { ...leadCommands[from].parse(data), ...added } } as LeadEvent;
}

/** The time of an expiry comes from the door. */
function expireAt(at: string | null): LeadCommand {
  return { type: 'ExpireOffer', data: { handOff: 'h-1', at } };
}

const due = {
  answerDue: '2026-03-03T12:00:00.000Z',
  firstTouchDue: '2026-03-04T12:00:00.000Z',
  ruleVersion: { id: 'r', version: 1 },
};
const lost = { by: 'sales-1', reason: 'no-budget' };

const captured = event('LeadCaptured', 'CaptureLead', { person: 'p-1', source: 'paid_search' });
const qualified = event('LeadQualified', 'QualifyLead', { by: 'marketing-1' });
const offered = event('LeadOffered', 'OfferLead', { handOff: 'h-1', to: 'sales-1', ...due }, { clock: true });
const accepted = event('LeadAccepted', 'AcceptLead', { handOff: 'h-1', by: 'sales-1' });
const rejected = event('LeadRejected', 'RejectLead', { handOff: 'h-1', ...lost });
const expired: LeadEvent = { type: 'OfferExpired', data: { handOff: 'h-1', answerDue: due.answerDue } };
const called = event('LeadFollowedUp', 'FollowUpLead', { by: 'sales-1', touchType: 'call-connected' });
const recycled = event('LeadRecycled', 'RecycleLead', { reason: 'too early' });
const returned = event('LeadReturned', 'ReturnLead');
const disqualified = event('LeadDisqualified', 'DisqualifyLead', { reason: 'student' });
const converted = event('LeadConverted', 'ConvertLead', { opportunity: 'o-1' });

const capture = command('CaptureLead', { person: 'p-1', source: 'paid_search' });
const qualify = command('QualifyLead', { by: 'marketing-1' });
const offer = command('OfferLead', { handOff: 'h-1', to: 'sales-1', ...due });
const accept = command('AcceptLead', { handOff: 'h-1', by: 'sales-1' });
const reject = command('RejectLead', { handOff: 'h-1', ...lost });
const expire = expireAt(due.answerDue);
const followUp = command('FollowUpLead', { by: 'sales-1', touchType: 'call-connected' });
const recycle = command('RecycleLead', { reason: 'too early' });
const giveBack = command('ReturnLead');
const disqualify = command('DisqualifyLead', { reason: 'student' });
const convert = command('ConvertLead', { opportunity: 'o-1' });

describe('capturing and judging', () => {
  it('captures a lead of which only the id is known', () => {
    given([])
      .when(command('CaptureLead'))
      .then([event('LeadCaptured', 'CaptureLead')]);
  });
  it('captures a lead once', () => given([captured]).when(capture).refused('lead-already-captured'));
  it('refuses every other command to a lead that was never captured', () => {
    for (const other of [qualify, offer, accept, expire, followUp, recycle, giveBack, disqualify, convert]) {
      given([]).when(other).refused('lead-unknown');
    }
  });
  it('records an assessment whatever its verdict', () => {
    const judged = { definition: { id: 'mql', version: 2 }, verdict: 'not-yet' };
    given([captured])
      .when(command('AssessLead', judged))
      .then([event('LeadAssessed', 'AssessLead', judged)]);
  });
  it('qualifies a captured lead', () => given([captured]).when(qualify).then([qualified]));
  it('qualifies a lead once', () =>
    given([captured, qualified]).when(qualify).refused('lead-already-qualified'));
});

describe('offering', () => {
  it('offers a qualified lead', () => given([captured, qualified]).when(offer).then([offered]));
  it('offers a captured lead: many are passed straight to sales', () =>
    given([captured]).when(offer).then([offered]));
  it('makes one offer at a time', () => {
    given([captured, offered])
      .when(command('OfferLead', { handOff: 'h-2' }))
      .refused('offer-open');
  });
  it('wants a new hand-off id for a new offer', () => {
    given([captured, offered, rejected]).when(offer).refused('hand-off-used');
  });
  it('offers again after a rejection or an expiry', () => {
    const again = { handOff: 'h-2', to: 'sales-2' };
    for (const ending of [rejected, expired]) {
      given([captured, offered, ending])
        .when(command('OfferLead', again))
        .then([event('LeadOffered', 'OfferLead', again, { clock: false })]);
    }
  });
  it('does not offer what sales has accepted', () => {
    given([captured, offered, accepted])
      .when(command('OfferLead', { handOff: 'h-2' }))
      .refused('lead-not-offerable');
  });
});

describe('answering (rows 14 and 33: an offer ends in exactly one of accepted, rejected, expired)', () => {
  it('accepts an open offer', () => given([captured, offered]).when(accept).then([accepted]));
  it('rejects an open offer', () => given([captured, offered]).when(reject).then([rejected]));
  it('cannot accept before an offer', () =>
    given([captured, qualified]).when(accept).refused('hand-off-unknown'));
  it('cannot accept another hand-off than the one offered', () => {
    given([captured, offered])
      .when(command('AcceptLead', { handOff: 'h-9' }))
      .refused('hand-off-unknown');
  });
  it('takes the same answer twice as one', () => {
    given([captured, offered, accepted]).when(accept).then([]);
    given([captured, offered, rejected]).when(reject).then([]);
    given([captured, offered, expired]).when(expire).then([]);
  });
  it('refuses a second, different answer', () => {
    given([captured, offered, accepted]).when(reject).refused('hand-off-answered');
    given([captured, offered, accepted]).when(expire).refused('hand-off-answered');
    given([captured, offered, rejected]).when(accept).refused('hand-off-answered');
    given([captured, offered, expired]).when(accept).refused('hand-off-answered');
  });
  it('refuses the same kind of answer by somebody else', () => {
    given([captured, offered, accepted])
      .when(command('AcceptLead', { handOff: 'h-1', by: 'sales-2' }))
      .refused('hand-off-answered');
  });
  it('lets an offer expire at its due time and not before', () => {
    given([captured, offered]).when(expire).then([expired]);
    given([captured, offered]).when(expireAt('2026-03-03T11:59:59.999Z')).refused('hand-off-not-due');
    given([captured, offered]).when(expireAt(null)).refused('hand-off-not-due');
  });
  it('never lets an offer without a clock expire (I2)', () => {
    given([captured, event('LeadOffered', 'OfferLead', { handOff: 'h-1' }, { clock: false })])
      .when(expire)
      .refused('hand-off-has-no-clock');
  });
});

describe('working', () => {
  it('hands the lead to a new owner', () => {
    const to = { to: 'sales-2', by: 'manager-1' };
    given([captured, offered, accepted])
      .when(command('ReassignLead', to))
      .then([event('LeadReassigned', 'ReassignLead', to, { from: 'sales-1' })]);
  });
  it('has nothing to record when the new owner has it already', () => {
    given([captured, offered, accepted])
      .when(command('ReassignLead', { to: 'sales-1' }))
      .then([]);
    given([captured, offered])
      .when(command('ReassignLead', { to: 'sales-1' }))
      .then([]);
  });
  it('records a human touch once the lead was handed over, answered or not (row 45)', () => {
    for (const past of [
      [captured, offered],
      [captured, offered, accepted],
      [captured, offered, accepted, called],
    ]) {
      given(past).when(followUp).then([called]);
    }
  });
  it('takes no follow-up before the hand-off', () => {
    given([captured, qualified]).when(followUp).refused('lead-not-handed-over');
  });
});

describe('setting aside and coming back (row 47: a loop, not an end)', () => {
  it('recycles and disqualifies wherever no offer is open', () => {
    for (const past of [[captured], [captured, offered, rejected], [captured, offered, accepted, called]]) {
      given(past).when(recycle).then([recycled]);
      given(past).when(disqualify).then([disqualified]);
    }
  });
  it('wants an open offer answered first', () => {
    given([captured, offered]).when(recycle).refused('offer-open');
    given([captured, offered]).when(disqualify).refused('offer-open');
  });
  it('returns a nurtured or disqualified lead', () => {
    given([captured, recycled]).when(giveBack).then([returned]);
    given([captured, disqualified]).when(giveBack).then([returned]);
    given([captured]).when(giveBack).refused('lead-not-set-aside');
  });
  it('wants a nurtured lead returned before it is judged ready again', () => {
    given([captured, recycled]).when(offer).refused('lead-nurturing');
    given([captured, recycled]).when(qualify).refused('lead-nurturing');
  });
  it('ends with disqualification until it is returned', () => {
    given([captured, disqualified]).when(offer).refused('lead-ended');
    given([captured, disqualified]).when(convert).refused('lead-ended');
  });
});

describe('converting', () => {
  it('converts from every situation that has not ended, for the opportunity exists', () => {
    for (const past of [
      [],
      [qualified],
      [offered],
      [offered, accepted],
      [offered, accepted, called],
      [recycled],
    ]) {
      given([captured, ...past])
        .when(convert)
        .then([converted]);
    }
  });
  it('takes the same opportunity twice as one, and refuses another', () => {
    given([captured, converted]).when(convert).then([]);
    given([captured, converted])
      .when(command('ConvertLead', { opportunity: 'o-2' }))
      .refused('lead-converted-otherwise');
  });
  it('still takes the one answer of an offer that was open, and nothing else', () => {
    given([captured, offered, converted]).when(accept).then([accepted]);
    given([captured, offered, converted]).when(followUp).refused('lead-ended');
    expect(fold(leadDecider, [captured, offered, converted, accepted])).toMatchObject({
      situation: 'converted',
    });
  });
});

describe('the state', () => {
  const state = (...past: LeadEvent[]) => fold(leadDecider, past);

  it('keeps the furthest stage beside the current situation', () => {
    expect(state(captured, offered, accepted, called, recycled)).toMatchObject({
      situation: 'nurturing',
      furthest: 'working',
    });
  });
  it('falls back to what the lead had reached without the offer, with the last answer kept', () => {
    expect(state(captured, qualified, offered, rejected)).toMatchObject({
      situation: 'qualified',
      furthest: 'offered',
    });
    expect(state(captured, offered, expired)).toMatchObject({
      situation: 'captured',
      handOffs: [{ id: 'h-1', answer: { kind: 'expired' } }],
    });
    expect(state(captured, qualified, recycled, returned)).toMatchObject({ situation: 'qualified' });
  });
  it('is working after the first human touch that follows the acceptance, whoever says so (row 46)', () => {
    expect(state(captured, offered, called)).toMatchObject({ situation: 'offered' });
    expect(state(captured, offered, accepted)).toMatchObject({ situation: 'accepted', owner: 'sales-1' });
    expect(state(captured, offered, accepted, called)).toMatchObject({ situation: 'working' });
  });
});
