import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { toRecord, WHOLE_CREDIT, type JourneyEvent } from '@throughline/contracts';
import { runningAttribution, type RunningAttribution } from '../testing/running-attribution.ts';
import { opened, touch, won } from '../testing/story.ts';

const MODELS = ['first', 'linear', 'position-based', 'u-shaped-50-50', 'w-shaped', 'full-path', 'time-decay'];
const SIZES = [1, 499, 500, 501, 5_000];
const MINUTES = 5 * 60_000;

let service: RunningAttribution;

beforeAll(async () => {
  service = await runningAttribution();
});
afterAll(async () => {
  await service.stop();
});

interface Deal {
  readonly path: readonly { readonly touch: string; readonly channel: string }[];
  readonly models: readonly {
    readonly model: { readonly id: string };
    readonly considered: number;
    readonly leftOut: { readonly beyond: number };
    readonly shares: readonly { readonly touch: string; readonly weight: number; readonly amount: number }[];
    readonly unattributed: { readonly weight: number; readonly amount: number };
  }[];
}

async function sendAtOnce(events: readonly JourneyEvent[]): Promise<void> {
  const [last] = events.slice(-1);
  await service.log.send('journey.touches', events.slice(0, -1).map(toRecord));
  if (last) await service.send(last);
}

/** Crediting a deal of 50,000 touches under 13 models may take longer than questions wait. */
function isDue(error: Error): boolean {
  if (/^deals are due/.test(error.message)) return false;
  throw error;
}

/** A fair and a demo request open a deal; then nothing but page views, one a minute. */
async function sell(id: string, views: number): Promise<Deal> {
  const account = `account-${id}`;
  const start = Date.parse('2026-02-01T00:00:00Z');
  const at = (n: number) => new Date(start + n * 60_000).toISOString();
  const touches = [
    touch(`${id}-fair`, '2026-01-01', { account, channel: 'fair', actor: 'member-first', team: 'sales' }),
    touch(`${id}-demo`, '2026-01-10', { account, channel: 'demo' }),
    ...Array.from({ length: views }, (_, n) => touch(`${id}-view-${n}`, at(n), { account, channel: 'web' })),
  ];
  for (let n = 0; n < touches.length; n += 1_000) await sendAtOnce(touches.slice(n, n + 1_000));
  await service.settled();
  await service.send(opened(id, '2026-01-11', account), won(id, 2, '2026-06-01', 1_000_003));
  while (!(await service.settled().then(() => true, isDue)));
  return service.get<Deal>(`/v1/credit/opportunities/${id}`);
}

describe('A1 a deal of many touches', () => {
  it.each(SIZES)(
    'of %i page views after its opening: every touch counts, milestones first',
    async (views) => {
      const id = `deal-${views}`;
      const { path, models } = await sell(id, views);
      expect(path).toHaveLength(views + 2);
      const [fair, demo] = path;
      const of = (model: string) => models.find((it) => it.model.id === model);
      for (const model of MODELS) {
        const found = of(model);
        expect(found).toMatchObject({ considered: views + 2, leftOut: { beyond: 0 } });
        const all = [...(found?.shares ?? []), found?.unattributed];
        expect(all.reduce((sum, it) => sum + (it?.weight ?? 0), 0)).toBe(WHOLE_CREDIT);
        expect(all.reduce((sum, it) => sum + (it?.amount ?? 0), 0)).toBe(1_000_003);
      }
      const weight = (model: string, it = fair) =>
        of(model)?.shares.find((share) => share.touch === it?.touch)?.weight ?? 0;
      expect(weight('first')).toBe(WHOLE_CREDIT);
      expect([weight('w-shaped'), weight('w-shaped', demo)]).toEqual([500_000, 500_000]);
      expect(of('w-shaped')?.shares).toHaveLength(2);
      expect(Math.abs(weight('full-path', demo) - (views > 1 ? 300_000 : 333_333))).toBeLessThanOrEqual(1);
      expect(weight('position-based')).toBe(400_000);
      expect(of('linear')?.shares).toHaveLength(views + 2);
      const { items } = await service.get<{ items: readonly Record<string, unknown>[] }>('/v1/recognition');
      const entry = items.find(({ opportunity }) => opportunity === id);
      expect(entry).toMatchObject({ sales: [{ member: 'member-first', sourced: true }] });
    },
    MINUTES,
  );

  it('is published whole, part by part, and restored by recompute', async () => {
    const { rows } = await service.database.query<{ name: string; parts: number; shares: number }>(
      `select name, coalesce((data::jsonb ->> 'parts')::int, 1) as parts,
              jsonb_array_length(data::jsonb -> 'shares') as shares
         from event where stream = 'deal-5000' and data::jsonb #>> '{model,id}' = 'linear' order by version`,
    );
    expect(rows.slice(-3).map(({ shares }) => shares)).toEqual([2_000, 2_000, 1_002]);
    expect(rows.slice(-2).map(({ name }) => name)).toEqual(['credit.continued', 'credit.continued']);
    expect(rows.at(-3)?.name).toMatch(/^credit\.(assigned|revised)$/);
    const shares = `opportunity = 'deal-5000' and model = 'linear'`;
    await service.database.query(`delete from credit_share where ${shares} and weight > 0`);
    expect(
      (await service.ask('/v1/credit/recompute', 'POST', { reason: 'shares were lost' })).status,
    ).toBeLessThan(300);
    while (await service.workers.recomputing.runOnce());
    const kept = await service.database.query<{ n: number }>(
      `select count(*)::int as n from credit_share where ${shares}`,
    );
    expect(kept.rows[0]?.n).toBe(5_002);
  });

  it('goes on as a path when it is credited anew: what did not change is not written again', async () => {
    const late = touch('deal-501-late', '2026-02-01T00:00:30Z', {
      account: 'account-deal-501',
      channel: 'web',
    });
    await service.send(late);
    await service.settled();
    const { path } = await service.get<Deal>('/v1/credit/opportunities/deal-501');
    expect(path).toHaveLength(504);
    expect(path.findIndex((it) => it.touch === late.id)).toBe(3);
  });
});
