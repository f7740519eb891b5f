import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { edgeKey, identityLinked, identityUnlinked } from './identities.ts';
import type { Relation } from './identities.ts';

describe('identity edges', () => {
  it('I4 both directions of the same person meet under one key', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (from, to) => {
        const there = edgeKey({ relation: 'same-person', from, to });
        expect(edgeKey({ relation: 'same-person', from: to, to: from })).toBe(there);
      }),
    );
  });

  it('a key names both ends, lower rank first', () => {
    expect(edgeKey({ relation: 'visitor-is-person', from: 'v', to: 'p' })).toBe(
      '["visitor","v","person","p"]',
    );
    expect(edgeKey({ relation: 'person-in-account', from: 'p', to: 'a' })).toBe(
      '["person","p","account","a"]',
    );
  });

  it('a company and its parent have a direction', () => {
    const there = edgeKey({ relation: 'account-in-parent', from: 'b', to: 'a' });
    expect(there).toBe('["account","b","account","a"]');
    expect(edgeKey({ relation: 'account-in-parent', from: 'a', to: 'b' })).not.toBe(there);
  });

  it.each<[Relation, boolean]>([
    ['visitor-is-person', true],
    ['same-person', true],
    ['person-in-account', false],
    ['account-in-parent', false],
  ])('unlinking %s: withdrawn is %p unless told', (relation, withdrawn) => {
    const edge = { relation, from: 'a', to: 'b' };
    expect(identityUnlinked.schema.parse(edge).withdrawn).toBe(withdrawn);
    expect(identityUnlinked.schema.parse({ ...edge, withdrawn: !withdrawn }).withdrawn).toBe(!withdrawn);
  });

  it('nobody is the same as himself', () => {
    const self = { from: 'a', to: 'a' };
    expect(identityLinked.schema.safeParse({ relation: 'same-person', ...self }).success).toBe(false);
    expect(identityLinked.schema.safeParse({ relation: 'account-in-parent', ...self }).success).toBe(false);
    expect(identityLinked.schema.safeParse({ relation: 'visitor-is-person', ...self }).success).toBe(true);
  });
});
