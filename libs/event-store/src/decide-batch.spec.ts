import { describe, expect, it } from '@jest/globals';
import { identify } from './command.ts';
import { decideBatch, type Case } from './decide-batch.ts';
import {
  capture,
  fixture,
  fixtureDecider,
  fixtureMeta,
  followUp,
  type FixtureCommand,
} from './testing/index.ts';

const nothing = { history: () => [], before: () => null };

/** Its evolve cannot take the outcome `poison`. */
const decider: typeof fixtureDecider = {
  ...fixtureDecider,
  evolve(state, event) {
    if (event.type === 'FollowedUp' && event.data.outcome === 'poison') throw new Error('cannot fold this');
    return fixtureDecider.evolve(state, event);
  },
};

/** With what is judged as if it had been captured before. */
const known = { ...decider, initial: { captured: true, outcomes: [] } };

function judged(by: typeof decider, ...commands: readonly FixtureCommand[]) {
  const cases = commands.map((command, n) => {
    const item = { stream: 'lead-1', command, meta: fixtureMeta({ commandId: `k-${n}` }) };
    return { ...identify(item, () => ''), ...fixture, decider: by };
  });
  return decideBatch(cases as unknown as readonly Case[], nothing);
}

describe('a batch of commands', () => {
  it('I3 keeps nothing of one whose events its decider cannot fold: no event, and no version of its stream', () => {
    const { outcomes, placed, expected } = judged(known, followUp('poison'));
    expect(outcomes).toMatchObject([{ status: 'failed', error: { message: 'cannot fold this' } }]);
    expect(placed).toEqual([]);
    expect([...expected]).toEqual([]);
  });

  it('I3 judges those behind it as if it had not come', () => {
    const { outcomes, placed, expected } = judged(
      decider,
      capture,
      followUp('reached', 'poison'),
      followUp('reached'),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['accepted', 'failed', 'accepted']);
    expect(placed.map(({ event }) => event.stream?.version)).toEqual([1, 2]);
    expect([...expected]).toEqual([['lead-1', 0]]);
  });
});
