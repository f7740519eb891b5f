import { describe, expect, it } from '@jest/globals';
import { sampleEvent, type JourneyEvent } from '@throughline/contracts';
import fc from 'fast-check';
import { accountTable, type AccountRow } from './account.projector.ts';
import { memberTable } from './member.projector.ts';

const described = Array.from({ length: 5 }, (_, n) =>
  sampleEvent('account.described', {
    sourceId: `d${n}`,
    ...(n === 0
      ? { occurredAt: null, precision: 'unknown' as const }
      : { occurredAt: `2026-01-0${Math.ceil(n / 2)}T00:00:00.000Z` }),
    data: { account: 'a', name: `name ${n}`, industry: null },
  }),
);
const fold = (events: readonly JourneyEvent[]) =>
  events.reduce<AccountRow | null>((row, event) => accountTable.evolve(row, event), null);

describe('an account and a member (I4)', () => {
  it('I4: the latest description stands whole, whatever the order and repeats; an undated one ranks last', () => {
    const expected = fold(described);
    expect(expected).toMatchObject({ name: 'name 0', industry: null, described_at: null });
    const orders = fc.shuffledSubarray([...described, ...described], { minLength: 10 });
    fc.assert(fc.property(orders, (order) => expect(fold(order)).toEqual(expected)));
  });

  it('is keyed by whom it describes', () => {
    const member = sampleEvent('member.described', { data: { member: 'm' } });
    expect(memberTable.keyOf(member)).toBe('m');
    expect(accountTable.keyOf(member)).toBeNull();
    expect(memberTable.evolve(null, member)).toMatchObject({
      member: 'm',
      manager: 'member-9',
      office: 'Central',
    });
  });
});
