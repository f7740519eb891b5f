import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId, isEvent, withdrawnTouch } from '@throughline/contracts';
import { runningTouches, type RunningTouches } from '../testing/running-touches.ts';

const NOW = '2026-03-01T09:30:00.000Z';
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const BATCHED = { 'content-type': 'application/cloudevents-batch+json' };
const data = {
  kind: 'activity',
  touchType: 'page-view',
  team: 'marketing',
  channel: 'organic',
  visitor: 'v-1',
};
const touch = (id: string, more: object = {}) => ({
  specversion: '1.0',
  id,
  source: 'site',
  type: 'throughline.touch.recorded.v1',
  time: '2026-03-01T09:00:00Z',
  data,
  ...more,
});
const at = {
  topic: 'journey.touches',
  partition: expect.any(Number),
  offset: expect.stringMatching(/^\d+$/),
};

let touches: RunningTouches;
beforeAll(async () => {
  touches = await runningTouches({ now: () => new Date(NOW) });
});
afterAll(() => touches.drop());

const figures = async () => (await touches.get('/v1/accounting')).body as Record<string, number>;

describe('the door for facts', () => {
  it('I1 answers a single event with its id and its place once it is on the log', async () => {
    const answer = await touches.post('/v1/events', JSON.stringify(touch('a')), STRUCTURED);
    const id = eventId('site', 'a');
    expect(answer).toMatchObject({ status: 202, body: { id, position: at } });
    const { topic, partition, offset } = answer.body['position'] as Record<string, string>;
    expect(answer.body['after']).toBe(`${topic}/${partition}/${offset}`);
    expect(await touches.events()).toContainEqual(
      expect.objectContaining({ id, recordedAt: NOW, occurredAt: '2026-03-01T09:00:00.000Z', stream: null }),
    );
  });

  it('takes all three modes of CloudEvents, and plain JSON', async () => {
    const binary = {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'b',
      'ce-source': 'site',
    };
    const type = { 'ce-type': 'throughline.touch.recorded.v1' };
    expect((await touches.post('/v1/events', JSON.stringify(data), { ...binary, ...type })).status).toBe(202);
    const batch = await touches.post('/v1/events', JSON.stringify([touch('c'), touch('d')]), BATCHED);
    expect(batch).toMatchObject({ status: 202, body: { results: [{ status: 202 }, { status: 202 }] } });
    const json = { 'content-type': 'application/json' };
    expect((await touches.post('/v1/events', JSON.stringify(touch('e')), json)).status).toBe(202);
    const array = await touches.post('/v1/events', JSON.stringify([touch('f')]), json);
    expect(array.body).toMatchObject({ results: [{ status: 202, id: eventId('site', 'f') }] });
    const ids = (await touches.events()).map((event) => event.sourceId);
    expect(ids).toEqual(expect.arrayContaining(['b', 'c', 'd', 'e', 'f']));
  });

  it('answers a repeat like the first time; readers drop it by its id', async () => {
    const first = await touches.post('/v1/events', JSON.stringify(touch('again')), STRUCTURED);
    const second = await touches.post('/v1/events', JSON.stringify(touch('again')), STRUCTURED);
    expect(second.status).toBe(202);
    expect(second.body['id']).toBe(first.body['id']);
  });

  it('answers a mixed batch 207 and one with none 422, one result an item in order', async () => {
    const items = [touch('g'), touch('h', { data: { ...data, kind: 'dance' } }), touch('i'), 7];
    const mixed = await touches.post('/v1/events', JSON.stringify(items), BATCHED);
    expect(mixed).toMatchObject({
      status: 207,
      body: {
        results: [
          { status: 202, id: eventId('site', 'g') },
          {
            status: 422,
            quarantine: expect.any(String),
            problem: { code: 'invalid-data', field: '/data/kind' },
          },
          { status: 202, id: eventId('site', 'i') },
          { status: 422, problem: { code: 'bad-json' } },
        ],
      },
    });
    const none = await touches.post('/v1/events', JSON.stringify([7, 8]), BATCHED);
    expect(none).toMatchObject({
      status: 422,
      body: { results: [{ status: 422 }, { status: 422 }], after: null },
    });
  });

  it('names the route of a decision instead of taking it', async () => {
    const lead = touch('j', { type: 'throughline.lead.offered.v1' });
    const answer = await touches.post('/v1/events', JSON.stringify(lead), STRUCTURED);
    expect(answer).toMatchObject({ status: 422, body: { code: 'decision-type', field: 'type' } });
    expect(answer.body['remedy']).toBe('Use POST /v1/leads/{leadId}/offer.');
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });

  it('takes plain data of a touch and of an identity under the id of its key', async () => {
    const key = { 'idempotency-key': 'k-1', 'ce-source': 'shop' };
    const first = await touches.post('/v1/touches', JSON.stringify(data), key);
    expect(first).toMatchObject({ status: 202, body: { id: eventId('shop', 'k-1') } });
    const link = { relation: 'visitor-is-person', from: 'v-1', to: 'p-1' };
    for (const path of ['/v1/identities', '/v1/identities/unlink']) {
      expect((await touches.post(path, JSON.stringify(link))).status).toBe(202);
    }
    const bad = await touches.post('/v1/identities', JSON.stringify({ ...link, nonsense: 1 }));
    expect(bad).toMatchObject({
      status: 422,
      body: { field: '/data/nonsense', quarantine: expect.any(String) },
    });
    const undated = (await touches.events()).find((event) => event.sourceId === 'k-1');
    expect(undated).toMatchObject({ occurredAt: null, precision: 'unknown' });
  });

  it('takes a plain withdrawal of a touch that was sent plainly by the id of that alone, and of others by both', async () => {
    const sent = await touches.post('/v1/touches', JSON.stringify(data), { 'idempotency-key': 'plain-1' });
    const withdraw = async (body: object, headers: Record<string, string> = {}) => {
      const { status, body: answered } = await touches.post(
        '/v1/touches/withdraw',
        JSON.stringify(body),
        headers,
      );
      expect(status).toBe(202);
      const found = (await touches.events()).find(({ id }) => id === answered['id']);
      if (found === undefined || !isEvent(found, 'touch.withdrawn')) throw new Error('it is not on the log');
      return withdrawnTouch(found);
    };
    expect(await withdraw({ touch: 'plain-1', reason: 'sent twice' })).toBe(sent.body['id']);
    expect(await withdraw({ touch: 't-1', source: 'shop' })).toBe(eventId('shop', 't-1'));
    expect(await withdraw({ touch: 't-1' }, { 'ce-source': 'shop' })).toBe(eventId('shop', 't-1'));
    const bad = await touches.post('/v1/touches/withdraw', JSON.stringify({ reason: 'of nothing' }));
    expect(bad).toMatchObject({
      status: 422,
      body: { field: '/data/touch', quarantine: expect.any(String) },
    });
  });

  it('I1: takes a touch and a withdrawal under one key, each once, whichever comes first', async () => {
    const send = async (path: string, body: object, key: string) =>
      (await touches.post(path, JSON.stringify(body), { 'idempotency-key': key })).body['id'];
    const withdrawal = await send('/v1/touches/withdraw', { touch: 'other' }, 'order-77');
    const recorded = await send('/v1/touches', data, 'order-77');
    expect(recorded).not.toBe(withdrawal);
    expect(await send('/v1/touches/withdraw', { touch: 'other' }, 'order-77')).toBe(withdrawal);
    expect(await send('/v1/touches', data, 'order-77')).toBe(recorded);
  });

  it.each([
    ['an empty batch', BATCHED, '[]'],
    ['a batch', BATCHED, JSON.stringify([touch('w'), touch('x')])],
    ['an event', STRUCTURED, JSON.stringify(touch('y'))],
  ])('I1 keeps %s sent to a plain route, and takes nothing of it', async (_, headers, body) => {
    const before = await figures();
    const answer = await touches.post('/v1/identities', body, headers);
    expect(answer).toMatchObject({
      status: 422,
      body: { code: 'unsupported-media-type', quarantine: expect.any(String) },
    });
    expect(answer.body['remedy']).toBe('Send application/json, or use POST /v1/events.');
    const after = await figures();
    expect(after['accepted']).toBe(before['accepted']);
    expect(after['quarantined']).toBe(Number(before['quarantined']) + 1);
  });

  it('takes an Idempotency-Key as it was sent, and keeps a fact whose key is none', async () => {
    for (const key of ['50%', '50%25', '"q"']) {
      const headers = { 'idempotency-key': key, 'ce-source': 'shop' };
      const answer = await touches.post('/v1/touches', JSON.stringify(data), headers);
      expect(answer).toMatchObject({ status: 202, body: { id: eventId('shop', key) } });
    }
    const bad = await touches.post('/v1/touches', JSON.stringify(data), { 'idempotency-key': 'two words' });
    expect(bad).toMatchObject({
      status: 422,
      body: { code: 'invalid-header', field: 'Idempotency-Key', quarantine: expect.any(String) },
    });
  });

  it('I1 takes a fact whatever its query says', async () => {
    const plain = await touches.post('/v1/touches?x=%00', JSON.stringify(data));
    const event = await touches.post('/v1/events?x=1', JSON.stringify(touch('z')), STRUCTURED);
    expect([plain.status, event.status]).toEqual([202, 202]);
  });

  it('gives each event a trace of its own where it brings one, and else that of the request', async () => {
    const own = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
    const request = `00-${'3'.repeat(32)}-${'4'.repeat(16)}-01`;
    const items = [touch('k', { traceparent: own }), touch('l')];
    await touches.post('/v1/events', JSON.stringify(items), { ...BATCHED, traceparent: request });
    const events = await touches.events();
    const of = (id: string) => events.find((event) => event.sourceId === id)?.traceparent;
    const accepts = [...touches.spans('accept event'), ...touches.spans('accept POST /v1/events')];
    const context = (parent: string) => {
      const span = accepts.find((each) => each.parentSpanContext?.spanId === parent)?.spanContext();
      return `00-${span?.traceId}-${span?.spanId}-01`;
    };
    expect(of('k')).toBe(context('2'.repeat(16)));
    expect(of('l')).toBe(context('4'.repeat(16)));
    const appended = touches.spans('append journey.touches').map((span) => span.parentSpanContext?.spanId);
    expect(appended).toEqual(
      expect.arrayContaining([of('k'), of('l')].map((parent) => parent?.slice(36, 52))),
    );
  });

  it('I6 counts every item of every request once', async () => {
    const before = await figures();
    await touches.post('/v1/events', JSON.stringify([touch('m'), 1, touch('n')]), BATCHED);
    await touches.post('/v1/events', '{', STRUCTURED);
    await touches.post('/v1/events', Buffer.alloc(1_200_000));
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        touches.post('/v1/events', JSON.stringify(touch(`p${n}`)), STRUCTURED),
      ),
    );
    const { received, accepted, quarantined, refused } = await figures();
    expect([received, accepted, quarantined, refused]).toEqual(
      [25, 22, 2, 1].map((more, n) => more + (Object.values(before)[n] ?? 0)),
    );
  });
});

describe('while the log is away', () => {
  it('I1 still answers 202, keeps events in the outbox unchanged, and brings them to the log after', async () => {
    const away = await runningTouches({ now: () => new Date(NOW) });
    try {
      away.store.down = true;
      const answer = await away.post('/v1/events', JSON.stringify(touch('s')), STRUCTURED);
      const id = eventId('site', 's');
      expect(answer).toMatchObject({ status: 202, body: { id, position: null, after: `event/${id}` } });
      expect(await away.events()).toEqual([]);
      const hops = async () => (await away.get(`/v1/hops/touches/${id}`)).body;
      expect(await hops()).toMatchObject({ items: [{ by: 'touches', hop: 'waiting' }], next: null });
      away.store.down = false;
      expect(await away.events()).toMatchObject([{ id, recordedAt: NOW }]);
      expect(await hops()).toMatchObject({ items: [{ hop: 'relayed', topic: 'journey.touches' }] });
      const { body } = await away.get('/v1/accounting');
      expect(body).toMatchObject({ received: 1, accepted: 1, quarantined: 0, refused: 0 });
    } finally {
      await away.drop();
    }
  });

  it('I6 answers 503 past the cap of the outbox and counts it as refused', async () => {
    const away = await runningTouches({ spill: { cap: 1 } });
    try {
      away.store.down = true;
      const answer = await away.post('/v1/events', JSON.stringify([touch('t'), touch('u')]), BATCHED);
      expect(answer).toMatchObject({ status: 503, body: { code: 'outbox-full' } });
      expect(answer.headers.get('retry-after')).toBe('2');
      expect((await away.get('/v1/accounting')).body).toMatchObject({ received: 2, accepted: 0, refused: 2 });
    } finally {
      await away.drop();
    }
  });

  it('answers 503 where quarantine cannot be reached, and never that a bad item was kept', async () => {
    const broken = await runningTouches();
    try {
      await broken.database.query('alter table quarantine rename to elsewhere');
      const answer = await broken.post('/v1/events', '{', STRUCTURED);
      expect(answer).toMatchObject({ status: 503, body: { code: 'not-available' } });
      await broken.database.query('alter table elsewhere rename to quarantine');
      expect((await broken.post('/v1/events', '{', STRUCTURED)).status).toBe(422);
    } finally {
      await broken.drop();
    }
  });
});
