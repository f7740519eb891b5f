import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { decided, opened, touch, won } from '../testing/story.ts';

const scopes = ['contact-roles', 'primary-contact'] as const;
const joins = (deal: string, version: number, person: string) =>
  decided('opportunity.contact-added', deal, version, null, { person, committeeRole: null, by: null });
const leaves = (deal: string, version: number, person: string) =>
  decided('opportunity.contact-removed', deal, version, null, { person, committeeRole: null, by: null });

describe('the committee that counts is the one that stands', () => {
  let service: RunningAttribution;
  beforeAll(async () => {
    service = await runningAttribution();
    for (const scope of scopes)
      await service.ask(`/v1/attribution-models/${scope}/define`, 'POST', {
        data: { rule: 'linear', scope },
      });
    await service.send(
      touch('ann', '2026-01-05', { person: 'ann', channel: 'ads' }),
      touch('bob', '2026-01-06', { person: 'bob', channel: 'email' }),
      touch('bob-after', '2026-02-02', { person: 'bob', channel: 'phone' }),
    );
  });
  afterAll(() => service.stop());

  /** Whose touches hold the credit of a deal, by scope. */
  async function holders(deal: string): Promise<Record<string, string[]>> {
    await service.settled();
    const { rows } = await service.database.query<{ model: string; person: string }>(
      `select s.model, s.person from credit_share s join evidence.touch t on t.event_id = s.touch
        where s.opportunity = $1 order by t.occurred_at`,
      [deal],
    );
    const of = (scope: string) => rows.filter(({ model }) => model === scope).map(({ person }) => person);
    return Object.fromEntries(scopes.map((scope) => [scope, of(scope)]));
  }

  it('a contact added after the win brings touches from before the close, and none from after it', async () => {
    await service.send(opened('d', '2026-01-01', null), joins('d', 2, 'ann'), won('d', 3, '2026-02-01', 100));
    expect(await holders('d')).toEqual({ 'contact-roles': ['ann'], 'primary-contact': ['ann'] });
    await service.send(joins('d', 4, 'bob'));
    expect(await holders('d')).toEqual({ 'contact-roles': ['ann', 'bob'], 'primary-contact': ['ann'] });
  });

  it('one that is removed brings none any more, before the close or after it; the next is primary', async () => {
    await service.send(leaves('d', 5, 'ann'));
    expect(await holders('d')).toEqual({ 'contact-roles': ['bob'], 'primary-contact': ['bob'] });
    const before = [joins('e', 2, 'ann'), leaves('e', 3, 'ann'), joins('e', 4, 'bob')];
    await service.send(opened('e', '2026-01-01', null), ...before, won('e', 5, '2026-02-01', 100));
    expect(await holders('e')).toEqual({ 'contact-roles': ['bob'], 'primary-contact': ['bob'] });
  });

  it('a deal that is reopened keeps it for its next close', async () => {
    await service.send(decided('opportunity.reopened', 'd', 6, '2026-02-10', { stage: null }));
    expect(await holders('d')).toEqual({ 'contact-roles': [], 'primary-contact': [] });
    await service.send(joins('d', 7, 'ann'), won('d', 8, '2026-03-01', 100));
    expect(await holders('d')).toEqual({
      'contact-roles': ['ann', 'bob', 'bob'],
      'primary-contact': ['bob', 'bob'],
    });
  });
});
