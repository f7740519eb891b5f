import type { DecisionName, EventInput } from '@throughline/contracts';
import { DomainError, publishAs, type Decider } from '@throughline/decider';
import type { CommandMeta } from '../command.ts';

/** A lead that is captured once and then followed up, each time with another outcome. */
export type FixtureEvent =
  | { type: 'Captured'; data: { source: string | null } }
  | { type: 'FollowedUp'; data: { by: string; touchType: string; outcome: string } };
export type FixtureCommand =
  | { type: 'Capture'; data: { source: string | null } }
  | { type: 'FollowUp'; data: { outcomes: readonly string[] } };
interface Fixture {
  readonly captured: boolean;
  readonly outcomes: readonly string[];
}

/** Refuses `not-captured` and `already-captured`; an outcome that is known records nothing. */
export const fixtureDecider: Decider<FixtureCommand, FixtureEvent, Fixture> = {
  initial: { captured: false, outcomes: [] },
  decide(command, state) {
    switch (command.type) {
      case 'Capture':
        if (state.captured) throw new DomainError('already-captured', 'Follow the lead up instead.');
        return [{ type: 'Captured', data: command.data }];
      case 'FollowUp':
        if (!state.captured) throw new DomainError('not-captured', 'Capture the lead first.');
        return command.data.outcomes
          .filter((outcome) => !state.outcomes.includes(outcome))
          .map((outcome) => ({
            type: 'FollowedUp',
            data: { by: 'ada', touchType: 'call-connected', outcome },
          }));
    }
  },
  evolve(state, event) {
    if (event.type === 'Captured') return { ...state, captured: true };
    return { ...state, outcomes: [...state.outcomes, event.data.outcome] };
  },
};

type Contracts = { [N in DecisionName]: EventInput<N> };

export const fixturePublication = publishAs<FixtureEvent, Contracts, 'lead'>('lead', {
  Captured: 'lead.captured',
  FollowedUp: 'lead.followed-up',
});

export const fixture = { decider: fixtureDecider, publication: fixturePublication };

/** What comes with a command of the fixture, with the changes a test needs. */
export function fixtureMeta(changes: Partial<CommandMeta> = {}): CommandMeta {
  return {
    commandId: null,
    source: 'https://crm.example',
    occurredAt: '2026-03-01T09:30:00.000Z',
    precision: 'instant',
    inferred: [],
    traceparent: null,
    tracestate: null,
    recordedAt: '2026-03-01T09:30:01.000Z',
    ...changes,
  };
}

export const capture: FixtureCommand = { type: 'Capture', data: { source: 'referral' } };

export function followUp(...outcomes: string[]): FixtureCommand {
  return { type: 'FollowUp', data: { outcomes } };
}
