import { describe, expect, it } from '@jest/globals';
import { DomainError, fold } from '@throughline/decider';
import fc from 'fast-check';
import { type LeadCommand, leadCommands } from './lead.commands.ts';
import { leadDecider } from './lead.decider.ts';
import type { LeadEvent } from './lead.events.ts';
import { type Lead, stages } from './lead.state.ts';

const handOff = fc.constantFrom('h-1', 'h-2', 'h-3');
const person = fc.constantFrom('sales-1', 'sales-2', null);
const day = fc.integer({ min: 1, max: 28 }).map((n) => `2026-03-${String(n).padStart(2, '0')}T00:00:00.000Z`);

const data: { [T in LeadCommand['type']]: fc.Arbitrary<unknown> } = {
  CaptureLead: fc.constant({}),
  AssessLead: fc.record({
    definition: fc.constant({ id: 'mql', version: 1 }),
    verdict: fc.constantFrom('qualified', 'not-yet'),
  }),
  QualifyLead: fc.record({ by: person }),
  OfferLead: fc.record({ handOff, to: person, answerDue: fc.option(day) }),
  AcceptLead: fc.record({ handOff, by: person }),
  RejectLead: fc.record({ handOff, by: person, reason: fc.constantFrom('no-budget', 'wrong-person') }),
  ExpireOffer: fc.record({ handOff }),
  ReassignLead: fc.record({ to: fc.constantFrom('sales-1', 'sales-2') }),
  FollowUpLead: fc.record({ touchType: fc.constant('call-connected') }),
  RecycleLead: fc.record({ reason: fc.constant('too early') }),
  ReturnLead: fc.constant({}),
  DisqualifyLead: fc.record({ reason: fc.constant('student') }),
  ConvertLead: fc.record({ opportunity: fc.constantFrom('o-1', 'o-2') }),
};

const command = fc.constantFrom(...(Object.keys(data) as LeadCommand['type'][])).chain((type) =>
  fc.tuple(data[type], day).map(([raw, at]) => {
    const sent = leadCommands[type].parse(raw);
    return { type, data: type === 'ExpireOffer' ? { ...sent, at } : sent } as LeadCommand;
  }),
);
/** A captured lead first, so that most sequences reach past the first refusal. */
const lives = fc
  .array(command, { maxLength: 60 })
  .map((commands) => [
    { type: 'CaptureLead', data: leadCommands.CaptureLead.parse({}) } as LeadCommand,
    ...commands,
  ]);

interface Life {
  readonly events: readonly LeadEvent[];
  readonly states: readonly Lead[];
}

function live(commands: readonly LeadCommand[]): Life {
  const events: LeadEvent[] = [];
  const states: Lead[] = [leadDecider.initial];
  for (const next of commands) {
    const state = states.at(-1) ?? leadDecider.initial;
    try {
      for (const event of leadDecider.decide(next, state)) {
        events.push(event);
        states.push(leadDecider.evolve(states.at(-1) ?? state, event));
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }
  return { events, states };
}

const endings: readonly LeadEvent['type'][] = ['LeadAccepted', 'LeadRejected', 'OfferExpired'];
const named = (event: LeadEvent) => ('handOff' in event.data ? event.data.handOff : null);

describe('any sequence of commands to a lead', () => {
  it('ends an offer at most once, and only one that was made (row 14: offered = answered + open)', () => {
    fc.assert(
      fc.property(lives, (commands) => {
        const { events, states } = live(commands);
        const last = states.at(-1);
        const offers = events.filter((event) => event.type === 'LeadOffered').map(named);
        const ends = events.filter((event) => endings.includes(event.type)).map(named);
        expect(new Set(offers).size).toBe(offers.length);
        expect(new Set(ends).size).toBe(ends.length);
        expect(offers).toEqual(expect.arrayContaining(ends));
        const open =
          last && last.situation !== 'unknown' ? last.handOffs.filter(({ answer }) => !answer) : [];
        expect(offers.length).toBe(ends.length + open.length);
        expect(open.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('folds to the state it was decided on (I4)', () => {
    fc.assert(
      fc.property(lives, (commands) => {
        const { events, states } = live(commands);
        expect(fold(leadDecider, events)).toEqual(states.at(-1));
      }),
    );
  });

  it('never lowers the furthest stage', () => {
    fc.assert(
      fc.property(lives, (commands) => {
        const ranks = live(commands).states.flatMap((lead) =>
          lead.situation === 'unknown' ? [] : [stages.indexOf(lead.furthest)],
        );
        expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      }),
    );
  });
});
