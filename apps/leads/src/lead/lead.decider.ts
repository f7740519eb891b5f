import type { Decider } from '@throughline/decider';
import type { LeadCommand, LeadCommandData } from './lead.commands.ts';
import { refuse } from './lead.error.ts';
import type { LeadEvent } from './lead.events.ts';
import {
  type Answer,
  type HandOff,
  type Known,
  type Lead,
  evolve,
  initial,
  openOffer,
} from './lead.state.ts';

/** The life of a lead and its hand-offs. Reads no clock: due dates and the time of an expiry come as data. */
export const leadDecider: Decider<LeadCommand, LeadEvent, Lead> = { initial, evolve, decide };

function decide(command: LeadCommand, lead: Lead): readonly LeadEvent[] {
  switch (command.type) {
    case 'CaptureLead':
      return capture(command.data, lead);
    case 'AssessLead':
      return assess(command.data, lead);
    case 'QualifyLead':
      return qualify(command.data, lead);
    case 'OfferLead':
      return offer(command.data, lead);
    case 'AcceptLead':
      return accept(command.data, lead);
    case 'RejectLead':
      return reject(command.data, lead);
    case 'ExpireOffer':
      return expire(command.data, lead);
    case 'ReassignLead':
      return reassign(command.data, lead);
    case 'FollowUpLead':
      return followUp(command.data, lead);
    case 'RecycleLead':
      return recycle(command.data, lead);
    case 'ReturnLead':
      return giveBack(command.data, lead);
    case 'DisqualifyLead':
      return disqualify(command.data, lead);
    case 'ConvertLead':
      return convert(command.data, lead);
    default:
      return command satisfies never;
  }
}

function capture(data: LeadCommandData<'CaptureLead'>, lead: Lead): readonly LeadEvent[] {
  if (lead.situation !== 'unknown') {
    refuse(
      'lead-already-captured',
      'This lead exists. Use another id, or send what is new as its own command.',
    );
  }
  return [{ type: 'LeadCaptured', data }];
}

function assess(data: LeadCommandData<'AssessLead'>, lead: Lead): readonly LeadEvent[] {
  alive(lead);
  return [{ type: 'LeadAssessed', data }];
}

function qualify(data: LeadCommandData<'QualifyLead'>, lead: Lead): readonly LeadEvent[] {
  const known = active(lead);
  if (known.situation !== 'captured') {
    refuse(
      'lead-already-qualified',
      `The lead is ${known.situation}. Only a captured lead is qualified; record a new judgement with assess.`,
    );
  }
  return [{ type: 'LeadQualified', data }];
}

function offer(data: LeadCommandData<'OfferLead'>, lead: Lead): readonly LeadEvent[] {
  const known = active(lead);
  if (known.handOffs.some((handOff) => handOff.id === data.handOff)) {
    refuse(
      'hand-off-used',
      `Hand-off ${data.handOff} was offered before. Give the new offer an id of its own.`,
    );
  }
  noOpenOffer(known);
  if (known.situation !== 'captured' && known.situation !== 'qualified') {
    refuse(
      'lead-not-offerable',
      `The lead is ${known.situation}. Reassign it, or recycle and return it before a new offer.`,
    );
  }
  const clock = data.answerDue !== null || data.firstTouchDue !== null;
  return [{ type: 'LeadOffered', data: { ...data, clock } }];
}

function accept(data: LeadCommandData<'AcceptLead'>, lead: Lead): readonly LeadEvent[] {
  const answer: Answer = { kind: 'accepted', by: data.by };
  return alreadyEnded(offered(lead, data.handOff), answer) ? [] : [{ type: 'LeadAccepted', data }];
}

function reject(data: LeadCommandData<'RejectLead'>, lead: Lead): readonly LeadEvent[] {
  const answer: Answer = { kind: 'rejected', by: data.by, reason: data.reason };
  return alreadyEnded(offered(lead, data.handOff), answer) ? [] : [{ type: 'LeadRejected', data }];
}

function expire({ handOff, at }: LeadCommandData<'ExpireOffer'>, lead: Lead): readonly LeadEvent[] {
  const offer = offered(lead, handOff);
  if (alreadyEnded(offer, { kind: 'expired' })) return [];
  const { answerDue } = offer;
  if (answerDue === null) {
    refuse(
      'hand-off-has-no-clock',
      `Hand-off ${handOff} has no due date, so it cannot expire. Accept or reject it.`,
    );
  }
  if (at === null || Date.parse(at) < Date.parse(answerDue)) {
    refuse(
      'hand-off-not-due',
      `The answer is due ${answerDue}. Send the expiry with that time or a later one.`,
    );
  }
  return [{ type: 'OfferExpired', data: { handOff, answerDue } }];
}

function reassign(data: LeadCommandData<'ReassignLead'>, lead: Lead): readonly LeadEvent[] {
  const known = alive(lead);
  const from = openOffer(known)?.to ?? known.owner;
  return from === data.to ? [] : [{ type: 'LeadReassigned', data: { ...data, from } }];
}

function followUp(data: LeadCommandData<'FollowUpLead'>, lead: Lead): readonly LeadEvent[] {
  const known = alive(lead);
  if (known.situation !== 'offered' && known.situation !== 'accepted' && known.situation !== 'working') {
    refuse(
      'lead-not-handed-over',
      `The lead is ${known.situation}. Offer it to sales first, or record the contact as touch.recorded.`,
    );
  }
  return [{ type: 'LeadFollowedUp', data }];
}

function recycle(data: LeadCommandData<'RecycleLead'>, lead: Lead): readonly LeadEvent[] {
  const known = active(lead);
  noOpenOffer(known);
  return [{ type: 'LeadRecycled', data }];
}

function giveBack(data: LeadCommandData<'ReturnLead'>, lead: Lead): readonly LeadEvent[] {
  const known = captured(lead);
  if (known.situation !== 'nurturing' && known.situation !== 'disqualified') {
    refuse(
      'lead-not-set-aside',
      `The lead is ${known.situation}. Only a nurturing or disqualified lead is returned.`,
    );
  }
  return [{ type: 'LeadReturned', data }];
}

function disqualify(data: LeadCommandData<'DisqualifyLead'>, lead: Lead): readonly LeadEvent[] {
  const known = alive(lead);
  noOpenOffer(known);
  return [{ type: 'LeadDisqualified', data }];
}

/** The opportunity exists whatever was recorded before it, so every lead that has not ended follows it. */
function convert(data: LeadCommandData<'ConvertLead'>, lead: Lead): readonly LeadEvent[] {
  const known = captured(lead);
  if (known.situation === 'converted') {
    if (known.opportunity === data.opportunity) return [];
    refuse(
      'lead-converted-otherwise',
      `The lead became opportunity ${known.opportunity}. Capture a new lead for another one.`,
    );
  }
  alive(known);
  return [{ type: 'LeadConverted', data }];
}

function captured(lead: Lead): Known {
  if (lead.situation === 'unknown') refuse('lead-unknown', 'No lead with this id. Capture it first.');
  return lead;
}

/** Neither disqualified nor converted. */
function alive(lead: Lead): Known {
  const known = captured(lead);
  if (known.situation === 'disqualified') refuse('lead-ended', 'The lead is disqualified. Return it first.');
  if (known.situation === 'converted') {
    refuse('lead-ended', `The lead was converted. Send the command to opportunity ${known.opportunity}.`);
  }
  return known;
}

/** Alive and not set aside. */
function active(lead: Lead): Known {
  const known = alive(lead);
  if (known.situation === 'nurturing')
    refuse('lead-nurturing', 'The lead is being nurtured. Return it first.');
  return known;
}

function noOpenOffer(lead: Known): void {
  if (lead.situation !== 'offered') return;
  refuse('offer-open', 'The lead is offered. Accept, reject or expire the open hand-off first.');
}

function offered(lead: Lead, id: string): HandOff {
  const handOff = captured(lead).handOffs.find((offer) => offer.id === id);
  return (
    handOff ??
    refuse('hand-off-unknown', `Hand-off ${id} was never offered. Offer the lead, naming it, first.`)
  );
}

/** True when the offer ended exactly so; refused when it ended otherwise. */
function alreadyEnded({ id, answer: before }: HandOff, answer: Answer): boolean {
  if (before === null) return false;
  if (sameAnswer(before, answer)) return true;
  return refuse(
    'hand-off-answered',
    `Hand-off ${id} was ${before.kind}. One offer has one answer; make a new offer.`,
  );
}

function sameAnswer(before: Answer, answer: Answer): boolean {
  switch (before.kind) {
    case 'expired':
      return answer.kind === 'expired';
    case 'accepted':
      return answer.kind === 'accepted' && answer.by === before.by;
    case 'rejected':
      return answer.kind === 'rejected' && answer.by === before.by && answer.reason === before.reason;
    default:
      return before satisfies never;
  }
}
