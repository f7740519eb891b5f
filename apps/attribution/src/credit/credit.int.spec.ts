import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fromRecord, isEvent, type JourneyEvent } from '@throughline/contracts';
import { readAll } from '@throughline/log';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { captured, decided, linked, opened, touch, unlinked, withdrawn, won } from '../testing/story.ts';

let service: RunningAttribution;
beforeAll(async () => {
  service = await runningAttribution();
});
afterAll(() => service.stop());

interface Said {
  readonly model: string;
  readonly amount: string | null;
  readonly unattributed: string | null;
  readonly reason: string | null;
  readonly shares: readonly { touch: string; person: string | null; amount: number | null }[];
}

/** Credit of a deal in force, by model. */
async function creditOf(deal: string): Promise<Map<string, Said>> {
  await service.settled();
  const { rows } = await service.database.query<Said>(
    `select c.model, c.amount, c.unattributed_amount as unattributed, c.reason,
            coalesce((select json_agg(json_build_object('touch', s.touch, 'person', s.person, 'amount', s.amount))
                        from credit_share s where (s.opportunity, s.model) = (c.opportunity, c.model)), '[]') as shares
       from credit c where c.opportunity = $1`,
    [deal],
  );
  return new Map(rows.map((row) => [row.model, row]));
}

async function published(deal: string): Promise<JourneyEvent[]> {
  while ((await service.workers.relay.runOnce()) > 0);
  const found: JourneyEvent[] = [];
  for await (const { records } of readAll(service.log, 'journey.attribution'))
    found.push(...records.map(fromRecord));
  return found.filter(({ key }) => key === deal);
}

describe('credit of a won deal', () => {
  const ad = touch('ad', '2026-01-05', { channel: 'ads', visitor: 'v-1' });
  const mail = touch('mail', '2026-01-10', { channel: 'email', person: 'p-1' });
  const call = touch('call', '2026-02-10', { channel: 'phone', person: 'p-1', team: 'sales' });

  it('I8: gives every model its shares, which sum to the amount, and says so on the log', async () => {
    await service.send(
      ...[ad, mail, call],
      linked('v1-p1', '2026-01-10', 'visitor-is-person', 'v-1', 'p-1'),
      linked('p1-a', '2026-01-10', 'person-in-account', 'p-1', 'acme'),
      captured('lead-1', '2026-01-12', 'p-1', 'acme'),
      opened('deal-1', '2026-02-01', 'acme', ['lead-1']),
      won('deal-1', 2, '2026-03-01', 100_01),
    );
    const credit = await creditOf('deal-1');
    expect(credit.size).toBe(13);
    expect(credit.get('first')?.shares).toEqual([{ touch: ad.id, person: 'p-1', amount: 100_01 }]);
    expect(credit.get('last')?.shares).toEqual([{ touch: call.id, person: 'p-1', amount: 100_01 }]);
    const parts = credit.get('linear')?.shares.map(({ amount }) => amount);
    expect(parts?.sort()).toEqual([3333, 3334, 3334]);
    for (const { shares, unattributed } of credit.values())
      expect(shares.reduce((sum, { amount }) => sum + (amount ?? 0), Number(unattributed))).toBe(100_01);
    const events = await published('deal-1');
    expect(events.map(({ stream }) => stream?.version)).toEqual(events.map((_, at) => at + 1));
    expect(events.filter((event) => isEvent(event, 'credit.assigned'))).toHaveLength(13);
  });

  it('a late touch revises what it changes, and nothing else', async () => {
    const before = await published('deal-1');
    const early = touch('early', '2025-12-01', { channel: 'fair', account: 'acme' });
    await service.send(early);
    const credit = await creditOf('deal-1');
    expect(credit.get('first')?.shares).toEqual([{ touch: early.id, person: null, amount: 100_01 }]);
    const revised = (await published('deal-1')).slice(before.length);
    expect(revised.every(({ name }) => name === 'credit.revised')).toBe(true);
    await service.send(touch('elsewhere', '2026-01-06', { channel: 'ads', account: 'other' }));
    await creditOf('deal-1');
    expect(await published('deal-1')).toHaveLength(before.length + revised.length);
  });

  it('what changes no share is not said again, and is counted where the deal is asked for', async () => {
    const before = await published('deal-1');
    const first = async () => {
      const { models } = await service.get<{ models: { model: { id: string } }[] }>(
        '/v1/credit/opportunities/deal-1',
      );
      return models.find(({ model }) => model.id === 'first');
    };
    const leftOut = { exposures: 0, undated: 0, late: 0, early: 0, beyond: 0 };
    expect(await first()).toMatchObject({ considered: 4, leftOut });
    await service.send(
      touch('after', '2026-05-01', { account: 'acme' }),
      touch('undated', null, { account: 'acme' }),
      touch('shown', '2026-01-20', { account: 'acme', kind: 'exposure' }),
    );
    expect(await first()).toMatchObject({
      considered: 4,
      leftOut: { ...leftOut, exposures: 1, undated: 1, late: 1 },
    });
    expect(await published('deal-1')).toHaveLength(before.length);
  });

  it('a withdrawn link takes the touches back that it brought', async () => {
    await service.send(
      unlinked('v1-p1-not', '2026-03-05', { relation: 'visitor-is-person', from: 'v-1', to: 'p-1' }),
    );
    const linear = (await creditOf('deal-1')).get('linear');
    expect(linear?.shares.map(({ touch: it }) => it)).not.toContain(ad.id);
    expect(linear?.shares).toHaveLength(3);
  });

  it('a touch that is withdrawn counts no more; corrected, it counts as the other says', async () => {
    await service.send(withdrawn('not-mail', 'mail'));
    expect((await creditOf('deal-1')).get('linear')?.shares.map((it) => it.touch)).not.toContain(mail.id);
    const corrected = touch('mail-corrected', '2026-01-11', { channel: 'chat', person: 'p-1' });
    await service.send(corrected, withdrawn('not-mail-either', 'mail'));
    const credited = (await creditOf('deal-1')).get('linear')?.shares.map((it) => it.touch);
    expect(credited).toHaveLength(3);
    expect(credited).toContain(corrected.id);
  });

  it('a touch goes where its lead turns out to belong', async () => {
    const form = touch('form', '2026-01-03', { channel: 'web', visitor: 'v-9', lead: 'lead-9' });
    await service.send(
      form,
      linked('v9-p9', '2026-01-01', 'visitor-is-person', 'v-9', 'p-9'),
      linked('p9-b', '2026-01-01', 'person-in-account', 'p-9', 'bolt'),
      ...[opened('deal-9', '2026-02-01', 'bolt'), won('deal-9', 2, '2026-03-01', 9_00)],
    );
    expect((await creditOf('deal-9')).get('first')?.shares).toMatchObject([{ touch: form.id }]);
    await service.send(captured('lead-9', '2026-01-03', null, 'other'));
    expect((await creditOf('deal-9')).get('first')).toMatchObject({ shares: [], reason: 'no-touch' });
  });

  it('under a model that restarts, an earlier win uses touches up, also where it is learnt of later', async () => {
    const data = { rule: 'linear', severalConversions: 'restart' };
    expect((await service.ask('/v1/attribution-models/restarting/define', 'POST', { data })).status).toBe(
      200,
    );
    const [used, left] = [
      touch('used', '2026-01-05', { account: 'r' }),
      touch('left', '2026-02-20', { account: 'r' }),
    ];
    await service.send(
      ...[used, left],
      opened('deal-r1', '2026-01-01', 'r'),
      won('deal-r1', 2, '2026-03-01', 8_00),
    );
    const touches = async () => (await creditOf('deal-r1')).get('restarting')?.shares.map((it) => it.touch);
    expect((await touches())?.sort()).toEqual([used.id, left.id].sort());
    await service.send(opened('deal-r2', '2026-01-01', 'r'), won('deal-r2', 2, '2026-02-01', 4_00));
    expect(await touches()).toEqual([left.id]);
  });

  it('an opportunity without any touch is unattributed, never first touch', async () => {
    await service.send(opened('deal-2', '2026-02-01', 'nobody'), won('deal-2', 2, '2026-03-01', 5_00));
    const first = (await creditOf('deal-2')).get('first');
    expect(first).toMatchObject({ shares: [], unattributed: '500', reason: 'no-touch' });
  });

  it('I2: what nobody knows stays unknown: no amount, no close', async () => {
    await service.send(
      touch('t-3', '2026-01-05', { channel: 'ads', account: 'third' }),
      ...[opened('deal-3', '2026-02-01', 'third'), won('deal-3', 2, '2026-03-01', null)],
      ...[opened('deal-4', '2026-02-01', 'third'), won('deal-4', 2, null, 7_00)],
    );
    expect((await creditOf('deal-3')).get('first')).toMatchObject({ amount: null, unattributed: null });
    expect((await creditOf('deal-4')).get('first')).toMatchObject({
      ...{ shares: [], unattributed: '700', reason: 'close-undated' },
    });
  });

  it('a deal that is not won any more is credited nothing; won again, it is credited anew', async () => {
    await service.send(decided('opportunity.reopened', 'deal-1', 3, '2026-03-10', { stage: null }));
    expect((await creditOf('deal-1')).get('first')).toMatchObject({
      ...{ shares: [], amount: '0', unattributed: '0', reason: 'not-won' },
    });
    await service.send(won('deal-1', 4, '2026-03-20', 50_00));
    expect((await creditOf('deal-1')).get('first')?.shares).toMatchObject([{ amount: 50_00 }]);
  });
});
