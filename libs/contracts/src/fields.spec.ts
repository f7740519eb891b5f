import { describe, expect, it } from '@jest/globals';
import { catalogue } from './catalogue.ts';
import { opportunityWon } from './opportunities.ts';
import { id, money } from './fields.ts';

describe('an id', () => {
  it.each(['.', '..', ' ', '', '\t'])('S10 is not %j, which no URL can name', (text) => {
    expect(id.safeParse(text).success).toBe(false);
  });

  it.each(['...', '.a', 'a.', '..a', '. .', '%2e', '%2e%2e', './..', 'lead/1', 'café', '🙂', '.\u200b'])(
    'S10 may be %j, which comes back out of a URL as it went in',
    (text) => {
      expect(id.safeParse(text).success).toBe(true);
      const { pathname } = new URL(`http://localhost/v1/leads/${encodeURIComponent(text)}/offer`);
      expect(decodeURIComponent(pathname.split('/')[3] ?? '')).toBe(text);
    },
  );

  it('S10 is held to that in every event that has a stream or an entity', () => {
    const entities = ['lead', 'opportunity', 'account', 'member', 'campaign', 'person'];
    let tried = 0;
    for (const { name, schema, sample } of catalogue) {
      const data = sample as Record<string, unknown>;
      for (const field of entities.filter((each) => typeof data[each] === 'string')) {
        tried += 1;
        expect([name, schema.safeParse({ ...data, [field]: '..' }).success]).toEqual([name, false]);
      }
    }
    expect(tried).toBeGreaterThan(30);
  });
});

describe('money', () => {
  it.each(['EUR', 'USD', 'JPY', 'KWD', 'HRK', null])('C4 has the currency %s', (currency) => {
    expect(money.safeParse({ amount: 1, currency }).success).toBe(true);
  });

  it.each(['ZZQ', 'XXX', 'AAA', 'eur', 'EURO', 'EU', '', 'US$', '€'])('C4 has no currency %s', (currency) => {
    const read = money.safeParse({ amount: 1, currency });
    expect(read.error?.issues[0]?.message).toBe('must be a currency code of ISO 4217, like EUR');
  });
});

describe('a list', () => {
  it('C4 has equal items once, in the order in which they came first', () => {
    const ada = { member: 'ada', function: 'sales', role: 'closed' };
    const turned = { role: 'closed', member: 'ada', function: 'sales' };
    const bob = { member: 'bob', function: null, role: null };
    const contributors = [ada, bob, turned, { member: 'bob' }, { ...ada, role: 'sourced' }];
    const won = opportunityWon.schema.parse({ opportunity: 'deal', contributors });
    expect(won.contributors).toEqual([ada, bob, { ...ada, role: 'sourced' }]);
  });
});
