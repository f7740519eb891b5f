import { describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import { decision } from '../testing/story.ts';
import { opportunityTable, type OpportunityRow } from './opportunity.projector.ts';

const deal = (...events: readonly JourneyEvent[]): OpportunityRow | null =>
  events.reduce<OpportunityRow | null>((row, event) => opportunityTable.evolve(row, event), null);

const opened = decision('opportunity.opened', 'deal', 1, null, { amount: null, stage: 'Prospecting' });
const worth = { amount: 0, currency: null };

describe('an opportunity (I2, I8)', () => {
  it('is of unknown worth, never 0, until somebody says', () => {
    expect(deal(opened)).toMatchObject({ amount: null, currency: null, opened_at: null, status: 'open' });
    expect(
      deal(opened, decision('opportunity.amount-changed', 'deal', 2, null, { to: worth })),
    ).toMatchObject({
      amount: '0',
      currency: null,
    });
  });

  it('is won with the amount known last, and keeps its stage', () => {
    const priced = decision('opportunity.amount-changed', 'deal', 2, null, {
      to: { amount: 500, currency: 'EUR' },
    });
    const won = decision('opportunity.won', 'deal', 3, '2026-02-01', { amount: null });
    expect(deal(opened, priced, won)).toMatchObject({
      ...{ status: 'won', stage: 'Prospecting', won_amount: '500', currency: 'EUR' },
      ...{ won_at: '2026-02-01T00:00:00.000Z', won_precision: 'day' },
    });
    expect(deal(opened, won)).toMatchObject({ status: 'won', won_amount: null });
  });

  it('is no longer won or lost once it is reopened', () => {
    const lost = decision('opportunity.lost', 'deal', 2, '2026-02-01', { reason: 'price' });
    const again = decision('opportunity.reopened', 'deal', 3, '2026-03-01', { stage: 'proposal' });
    expect(deal(opened, lost)).toMatchObject({ status: 'lost', loss_reason: 'price' });
    expect(deal(opened, lost, again)).toMatchObject({
      ...{ status: 'open', stage: 'proposal', lost_at: null, loss_reason: null, reopened_count: 1 },
    });
  });

  it('marks an opening time that an importer concluded', () => {
    expect(deal({ ...opened, inferred: ['time'] })).toMatchObject({ opened_inferred: true });
    expect(deal(opened)).toMatchObject({ opened_inferred: false });
  });
});
