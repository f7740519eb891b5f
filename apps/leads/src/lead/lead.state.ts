import type { LeadCommandData } from './lead.commands.ts';
import type { LeadEvent } from './lead.events.ts';

/** The way towards a deal, in order; a lead keeps the furthest it ever reached. */
export const stages = ['captured', 'qualified', 'offered', 'accepted', 'working', 'converted'] as const;
export type Stage = (typeof stages)[number];

/** How an offer ended; it ends once. */
export type Answer =
  | { readonly kind: 'accepted'; readonly by: string | null }
  | { readonly kind: 'rejected'; readonly by: string | null; readonly reason: string | null }
  | { readonly kind: 'expired' };

export interface HandOff {
  readonly id: string;
  readonly to: string | null;
  readonly answerDue: string | null;
  readonly firstTouchDue: string | null;
  readonly ruleVersion: LeadCommandData<'OfferLead'>['ruleVersion'];
  readonly answer: Answer | null;
}

interface Life {
  readonly furthest: Stage;
  /** a lead offered without qualification falls back to captured, never to qualified */
  readonly qualified: boolean;
  readonly owner: string | null;
  readonly handOffs: readonly HandOff[];
}

export type Known = Life &
  (
    | { readonly situation: 'captured' | 'qualified' | 'offered' | 'accepted' | 'working' }
    | { readonly situation: 'nurturing'; readonly until: string | null }
    | { readonly situation: 'disqualified'; readonly reason: string | null }
    | { readonly situation: 'converted'; readonly opportunity: string }
  );

export type Lead = { readonly situation: 'unknown' } | Known;
export type Situation = Lead['situation'];

export const initial: Lead = { situation: 'unknown' };

/** The offer that waits for its answer. A lead has at most one; a converted lead may still have it. */
export function openOffer(lead: Known): HandOff | undefined {
  return lead.handOffs.find((handOff) => handOff.answer === null);
}

export function evolve(lead: Lead, event: LeadEvent): Lead {
  if (event.type === 'LeadCaptured') {
    return { situation: 'captured', furthest: 'captured', qualified: false, owner: null, handOffs: [] };
  }
  if (lead.situation === 'unknown') return lead;
  const life = lifeOf(lead);
  switch (event.type) {
    case 'LeadAssessed':
      return lead;
    case 'LeadQualified':
      return at('qualified', { ...life, qualified: true });
    case 'LeadOffered': {
      const { handOff: id, to, answerDue, firstTouchDue, ruleVersion } = event.data;
      const handOff = { id, to, answerDue, firstTouchDue, ruleVersion, answer: null };
      return at('offered', { ...life, handOffs: [...life.handOffs, handOff] });
    }
    case 'LeadAccepted': {
      const answer: Answer = { kind: 'accepted', by: event.data.by };
      const offer = lead.handOffs.find((handOff) => handOff.id === event.data.handOff);
      return answered(lead, event.data.handOff, answer, event.data.by ?? offer?.to ?? life.owner);
    }
    case 'LeadRejected': {
      const answer: Answer = { kind: 'rejected', by: event.data.by, reason: event.data.reason };
      return answered(lead, event.data.handOff, answer, life.owner);
    }
    case 'OfferExpired':
      return answered(lead, event.data.handOff, { kind: 'expired' }, life.owner);
    case 'LeadReassigned':
      return { ...lead, owner: event.data.to, handOffs: reoffered(lead, event.data.to) };
    case 'LeadFollowedUp':
      return lead.situation === 'accepted' ? at('working', life) : lead;
    case 'LeadRecycled':
      return { ...life, situation: 'nurturing', until: event.data.nurtureUntil };
    case 'LeadReturned':
      return at(fallback(life), life);
    case 'LeadDisqualified':
      return { ...life, situation: 'disqualified', reason: event.data.reason };
    case 'LeadConverted':
      return { ...life, situation: 'converted', furthest: 'converted', opportunity: event.data.opportunity };
    default:
      return event satisfies never;
  }
}

function at(stage: Exclude<Stage, 'converted'>, life: Life): Known {
  const further = stages.indexOf(stage) > stages.indexOf(life.furthest);
  return { ...life, situation: stage, furthest: further ? stage : life.furthest };
}

function fallback(life: Life): 'captured' | 'qualified' {
  return life.qualified ? 'qualified' : 'captured';
}

/** Ends an offer. A converted lead stays converted: its open offer still gets its one answer. */
function answered(lead: Known, id: string | null, answer: Answer, owner: string | null): Known {
  const handOffs = lead.handOffs.map((handOff) => (handOff.id === id ? { ...handOff, answer } : handOff));
  if (lead.situation === 'converted') return { ...lead, handOffs, owner };
  const life = { ...lifeOf(lead), handOffs, owner };
  return at(answer.kind === 'accepted' ? 'accepted' : fallback(life), life);
}

/** An offer that is still open goes to the new owner, on the same clock. */
function reoffered(lead: Known, to: string): readonly HandOff[] {
  return lead.handOffs.map((handOff) => (handOff.answer === null ? { ...handOff, to } : handOff));
}

function lifeOf({ furthest, qualified, owner, handOffs }: Known): Life {
  return { furthest, qualified, owner, handOffs };
}
