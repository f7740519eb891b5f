import { describe, expect, it } from '@jest/globals';
import { canonicalJson, sampleEvent } from '@throughline/contracts';
import { creditChecks } from './credit-checks.ts';
import type { Credit, CreditEvidence, Said } from './credit-evidence.ts';

const { data: definition } = sampleEvent('attribution-model.defined');
const { rule, parameters, scope, exposures, windowDays, mostRecent, severalConversions } = definition;
const { data: sample } = sampleEvent('credit.assigned');
const credit = (change: Partial<Credit> = {}): Credit => ({
  ...{ ...sample, rule, parameters, scope, exposures, windowDays, mostRecent, severalConversions },
  model: { id: definition.model, version: definition.version },
  ...change,
});
const at = (offset: number, id: string, stream: string, version: number) => ({
  ...{ partition: 0, offset: BigInt(offset), id, stream: { id: stream, version } },
});
const defined: Said = {
  ...{ ...at(0, 'm1', definition.model, 1), name: 'attribution-model.defined', data: definition },
};
const says = (version: number, data: Credit): Said => ({
  ...at(version, `c${version}`, data.opportunity, version),
  ...{ name: version === 1 ? 'credit.assigned' : 'credit.revised', data },
});
const lower = credit({
  ...{ amount: { amount: 3, currency: 'EUR' }, unattributed: { weight: 0, amount: 0, reason: null } },
  shares: [{ touch: sample.shares[0]?.touch ?? '', person: null, weight: 1_000_000, amount: 3 }],
});

/** One deal, credited and then revised, the first of it sent twice. */
function told(...said: readonly Said[]): CreditEvidence {
  const last = said.at(-1);
  const inForce = last && 'opportunity' in last.data ? [last] : [];
  return {
    said,
    stored: [...new Set(said.map(({ id }) => id))].map((id) => ({
      ...{ service: 'attribution' as const, id, stream: '', version: 1, name: '', source: '', commandId: '' },
    })),
    inForce: inForce.map(({ id, data }) => {
      const { opportunity, model } = data as Credit;
      return { opportunity, model: model.id, eventId: id, said: canonicalJson(data) };
    }),
    fromScratch: inForce.map(({ data }) => canonicalJson(data)),
    ...{ verified: null, left: { due: 0, wishes: 0 } },
  };
}
const good = told(defined, says(1, credit()), says(1, credit()), says(2, lower));
const broken = (evidence: CreditEvidence) =>
  creditChecks.flatMap(([name, against]) => (against(evidence).length > 0 ? [name.slice(0, 2)] : []));

describe('the judge of credit', () => {
  it('finds nothing where all was kept, though the log has an event twice', () => {
    expect(broken(good)).toEqual([]);
  });

  it('I1 misses what never came to the log, and what is in no store', () => {
    expect(broken({ ...good, stored: good.stored.slice(1) })).toEqual(['I1']);
    const more = { ...good.stored[0], id: 'c9' } as (typeof good.stored)[number];
    expect(broken({ ...good, stored: [...good.stored, more] })).toEqual(['I1']);
  });

  it('I1 sees deals and wishes that nobody looks at any more', () => {
    expect(broken({ ...good, left: { due: 1, wishes: 0 } })).toEqual(['I1']);
    expect(broken({ ...good, left: { due: 0, wishes: 1 } })).toEqual(['I1']);
  });

  it('I3 sees a gap, an order that is not the store’s, and two events of one version', () => {
    expect(broken(told(defined, says(1, credit()), says(3, lower)))).toEqual(['I3']);
    expect(broken(told(defined, says(2, credit()), says(1, credit()), says(3, lower)))).toContain('I3');
    const other = { ...says(1, credit()), id: 'c7' };
    expect(broken(told(defined, says(1, credit()), other, says(2, lower)))).toEqual(['I3']);
  });

  it('I4 sees credit in force that is not what was said last', () => {
    const [row] = good.inForce;
    if (!row) throw new Error('one credit is in force');
    expect(broken({ ...good, inForce: [{ ...row, eventId: 'c1' }] })).toEqual(['I4']);
    expect(broken({ ...good, inForce: [{ ...row, said: canonicalJson(credit()) }] })).toEqual(['I4', 'I4']);
    expect(broken({ ...good, inForce: [] })).toEqual(['I4', 'I4']);
    expect(broken({ ...good, inForce: [row, { ...row, model: 'other' }] })).toEqual(['I4']);
    expect(broken({ ...good, fromScratch: [canonicalJson(credit())] })).toEqual(['I4']);
    expect(broken({ ...good, verified: 'deal-1 differs' })).toEqual(['I4']);
  });

  it('I8 sees a sum that is not the amount, millionths that are not the whole, an amount from nowhere', () => {
    const [share] = lower.shares;
    if (!share) throw new Error('one share');
    const short = { ...lower, shares: [{ ...share, amount: 2 }] };
    expect(broken(told(defined, says(1, short)))).toEqual(['I8']);
    const light = { ...lower, shares: [{ ...share, weight: 999_999 }] };
    expect(broken(told(defined, says(1, light)))).toEqual(['I8']);
    expect(broken(told(defined, says(1, { ...lower, amount: null })))).toEqual(['I8']);
  });

  it('I9 sees a version that nobody defined, or that is defined otherwise', () => {
    const model = { id: definition.model, version: 9 };
    expect(broken(told(defined, says(1, { ...lower, model })))).toEqual(['I9']);
    expect(broken(told(defined, says(1, { ...lower, windowDays: 1 })))).toEqual(['I9']);
  });
});
