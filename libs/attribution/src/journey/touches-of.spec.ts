import { describe, expect, it } from '@jest/globals';
import { touchesOf, type AccountScope, type DealPeople, type Placed } from './touches-of.ts';

const touch = (id: string, more: Partial<Placed> = {}) => ({
  ...{ id, person: null, account: null, lead: null, named: false },
  ...more,
});
const touches = [
  touch('a-ann', { person: 'ann' }),
  touch('b-bob', { person: 'bob' }),
  touch('c-lea', { person: 'lea' }),
  touch('d-leo', { person: 'leo' }),
  touch('e-account', { account: 'acme' }),
  touch('f-ann-elsewhere', { person: 'ann', account: 'other' }),
  touch('g-lead', { lead: 'lead-1' }),
  touch('h-named', { person: 'nobody', account: 'other', named: true }),
  touch('i-nobody', { person: 'nobody' }),
  touch('j-other-lead', { lead: 'lead-2' }),
  touch('k-lead-elsewhere', { person: 'nobody', account: 'other', lead: 'lead-1' }),
  touch('l-unknown'),
];
const deal: DealPeople = {
  accounts: ['acme'],
  contacts: ['ann', 'bob'],
  leads: ['lead-1'],
  leadPersons: ['lea', 'leo'],
};
/** Initials of the touches that count. */
const counted = (scope: AccountScope, more: Partial<DealPeople> = {}): string =>
  touchesOf(touches, { ...deal, ...more }, scope)
    .map(({ id: [initial] }) => initial)
    .join('');

describe('whose touches count', () => {
  it('account: of the account, and of whom no account is known those of its committee and leads', () => {
    expect(counted('account')).toBe('abcdeghk');
    expect(counted('account', { accounts: ['acme', 'other'] })).toBe('abcdefghk');
  });

  it('account: where none is known, those of its committee and leads, wherever they are', () => {
    expect(counted('account', { accounts: [] })).toBe('abcdfghk');
  });

  it('contact-roles: of the committee and of the persons of its leads, wherever they are', () => {
    expect(counted('contact-roles')).toBe('abcdfghk');
    expect(counted('contact-roles', { contacts: ['bob'], leads: [], leadPersons: [] })).toBe('bh');
  });

  it('primary-contact: of who joined first, else of the person of the first lead', () => {
    expect(counted('primary-contact')).toBe('afh');
    expect(counted('primary-contact', { contacts: ['bob', 'ann'] })).toBe('bh');
    expect(counted('primary-contact', { contacts: [] })).toBe('ch');
    expect(counted('primary-contact', { contacts: [], leadPersons: [] })).toBe('h');
  });

  it('I2: a touch of which nothing is known is nobody’s, also of a deal of which nothing is known', () => {
    const nothing = { accounts: [], contacts: [], leads: [], leadPersons: [] };
    for (const scope of ['account', 'contact-roles', 'primary-contact'] as const)
      expect(counted(scope, nothing)).toBe('h');
  });
});
