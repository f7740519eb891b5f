import { afterEach, describe, expect, it } from '@jest/globals';
import { Housekeeping } from '@throughline/service';
import { runningTouches, type RunningTouches } from '../testing/running-touches.ts';

const BATCHED = { 'content-type': 'application/cloudevents-batch+json' };
const DAY_MS = 86_400_000;
const good = (id: string) => ({
  specversion: '1.0',
  id,
  source: 'test',
  type: 'throughline.touch.recorded.v1',
  data: { kind: 'activity', touchType: 'page-view', team: 'marketing' },
});
/** An item of so many bytes that cannot be taken. */
const bad = (bytes: number) => `{"nonsense":"${'x'.repeat(bytes - 15)}"}`;

let touches: RunningTouches;
let clock = Date.parse('2026-03-01T00:00:00Z');
const running = async (quarantine: object) => {
  touches = await runningTouches({ quarantine, now: () => new Date(clock) });
};
afterEach(() => touches.drop());

const post = (body: string) => touches.post('/v1/touches', body);
const accounting = async () =>
  (await touches.get('/v1/accounting')).body as Record<string, number> & { quarantine: object };
const fresh = async () =>
  (await touches.get('/health/fresh')).body['checks'] as Record<string, { ok: boolean }>;

describe('a quarantine that is full', () => {
  it('S8 keeps nothing more, says so, and counts it as refused (I6)', async () => {
    await running({ maxBytes: 2_500 });
    const kept = [await post(bad(1_000)), await post(bad(1_000))];
    expect(kept.map(({ status }) => status)).toEqual([422, 422]);
    expect((await fresh())['touches.quarantine']?.ok).toBe(true);
    const refused = await post(bad(501));
    expect(refused).toMatchObject({
      status: 507,
      body: {
        code: 'quarantine-full',
        field: '/data/touchType',
        remedy: expect.stringContaining('Keep it.'),
      },
    });
    expect(refused.body['quarantine']).toBeUndefined();
    expect((await post(bad(500))).status).toBe(422);
    expect((await fresh())['touches.quarantine']?.ok).toBe(false);
    expect(await accounting()).toEqual({
      ...{ received: 4, accepted: 0, quarantined: 3, refused: 1 },
      quarantine: { waiting: 3, replayed: 0, discarded: 0, bytes: 2_500, maxBytes: 2_500 },
    });
  });

  it('S8 takes what is good beside what it cannot keep', async () => {
    await running({ maxBytes: 0 });
    const body = `[${JSON.stringify(good('a'))},${bad(100)},${JSON.stringify(good('b'))}]`;
    const answer = await touches.post('/v1/events', body, BATCHED);
    expect(answer.status).toBe(207);
    const results = answer.body['results'] as { status: number; quarantine?: null }[];
    expect(results.map(({ status }) => status)).toEqual([202, 507, 202]);
    expect(results[1]?.quarantine).toBeNull();
    expect((await touches.events()).map(({ sourceId }) => sourceId).toSorted()).toEqual(['a', 'b']);
    expect((await touches.post('/v1/events', `[${bad(100)}]`, BATCHED)).status).toBe(507);
    expect(await accounting()).toMatchObject({ received: 4, accepted: 2, quarantined: 0, refused: 2 });
  });

  it('S8 stays within its limit however many come at once', async () => {
    await running({ maxBytes: 5_000 });
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(bad(1_000))));
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 507)).toHaveLength(15);
    expect((await accounting()).quarantine).toMatchObject({ waiting: 5, bytes: 5_000 });
  });

  it('S8 has room again after a discard and after a replay', async () => {
    await running({ maxBytes: 1_000 });
    const first = await post(bad(1_000));
    expect((await post(bad(100))).status).toBe(507);
    const path = `/v1/quarantine/${String(first.body['quarantine'])}`;
    expect((await touches.post(`${path}/discard`, '{"reason":"noise"}')).status).toBe(200);
    const early = JSON.stringify({ ...good('early'), time: new Date(clock + 2 * DAY_MS).toISOString() });
    const ahead = await touches.post('/v1/events', early, {
      'content-type': 'application/cloudevents+json',
    });
    expect(ahead.body).toMatchObject({ code: 'time-ahead' });
    clock += 2 * DAY_MS;
    const replayed = await touches.post(`/v1/quarantine/${String(ahead.body['quarantine'])}/replay`, '{}');
    expect(replayed.status).toBe(200);
    expect((await accounting()).quarantine).toMatchObject({
      waiting: 0,
      replayed: 1,
      discarded: 1,
      bytes: 0,
    });
  });
});

describe('what stays long in quarantine', () => {
  it('S8 is discarded with a reason, later its bytes are removed, and its counts stay', async () => {
    await running({ waitingDays: 10, settledDays: 3 });
    const [old, young] = [await post(bad(700)), await post(bad(900))];
    const settled = await post(bad(800));
    const show = async ({ body }: { body: Record<string, unknown> }) =>
      (await touches.get(`/v1/quarantine/${String(body['quarantine'])}`)).body;
    await touches.post(`/v1/quarantine/${String(settled.body['quarantine'])}/discard`, '{"reason":"noise"}');
    await touches.database.query(
      `update quarantine set received_at = received_at + interval '5 days' where id = $1`,
      [young.body['quarantine']],
    );
    expect(await show(settled)).toMatchObject({ bytes: 800 });
    clock += 11 * DAY_MS;
    await housekeeping().runOnce();
    expect(await show(old)).toMatchObject({
      ...{ state: 'discarded', bytes: 0, raw: '' },
      discardedReason: 'nobody replayed it within 10 days',
    });
    expect(await show(young)).toMatchObject({ state: 'waiting', bytes: 900 });
    expect(await show(settled)).toMatchObject({ state: 'discarded', discardedReason: 'noise', bytes: 0 });
    expect(await accounting()).toMatchObject({
      quarantined: 3,
      quarantine: { waiting: 1, discarded: 2, bytes: 900 },
    });
  });
});

const housekeeping = () => touches.provider(Housekeeping);
