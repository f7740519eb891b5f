import { describe, expect, it } from '@jest/globals';
import {
  touchesOf,
  type AccountPeople,
  type AccountScope,
  type AccountTouch,
  type Held,
} from './account-touches.ts';

const held = (person: string, since: number | null = null, until: number | null = null): Held => ({
  person,
  since,
  until,
});
const touch = (
  id: string,
  at: number | null,
  person: string | null,
  account: string | null = null,
): AccountTouch => ({
  id,
  at,
  channel: 'email',
  person,
  account,
});

const people = (more: Partial<AccountPeople>): AccountPeople => ({
  accounts: new Set(['acme']),
  members: [],
  contactRoles: [],
  primaryContacts: [],
  ...more,
});

const touches = [
  touch('a', 10, 'ada'),
  touch('b', 20, 'bob'),
  touch('c', 30, 'ada'),
  touch('d', 40, null, 'acme'),
  touch('e', 50, null, 'other'),
  touch('f', null, 'ada'),
  touch('g', 60, null),
];

function counted(scope: AccountScope, of: AccountPeople, closedAt: number | null = 100): string {
  const all = touchesOf(touches, of, { closedAt }, { scope, asOf: 100 });
  return all.map(({ id }) => id).join('');
}

describe('whose touches count', () => {
  it('account: who belonged to it when they touched, and the account itself', () => {
    expect(counted('account', people({ members: [held('ada'), held('bob', 21)] }))).toBe('acdf');
    expect(counted('account', people({ members: [held('ada', 10, 30), held('bob', 20)] }))).toBe('abd');
    expect(counted('account', people({ members: [held('ada', null, 11), held('ada', 30)] }))).toBe('acdf');
    expect(counted('account', people({ accounts: new Set(['acme', 'other']) }))).toBe('de');
  });

  it('contact roles: who had one at the close, from the first touch on', () => {
    expect(counted('contact-roles', people({ contactRoles: [held('ada', 90)] }))).toBe('acf');
    expect(counted('contact-roles', people({ contactRoles: [held('ada', 0, 100), held('bob', 101)] }))).toBe(
      '',
    );
    expect(
      counted('contact-roles', people({ contactRoles: [held('ada', 0, 100), held('bob', 99)] }), 99),
    ).toBe('abcf');
    expect(counted('contact-roles', people({ contactRoles: [held('ada'), held('ada')] }), null)).toBe('acf');
  });

  it('primary contact: the one named last before the close', () => {
    const primaryContacts = [held('ada', 10), held('bob', 50), held('eve', 120)];
    expect(counted('primary-contact', people({ primaryContacts }))).toBe('b');
    expect(counted('primary-contact', people({ primaryContacts }), 49)).toBe('acf');
    expect(counted('primary-contact', people({ primaryContacts: [held('bob', 5), held('ada', 5)] }))).toBe(
      'acf',
    );
    expect(counted('primary-contact', people({ contactRoles: [held('ada')] }))).toBe('');
  });
});
