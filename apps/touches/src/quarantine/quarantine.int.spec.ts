import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventId } from '@throughline/contracts';
import fc from 'fast-check';
import { runningTouches, type RunningTouches } from '../testing/running-touches.ts';

const NOW = Date.parse('2026-03-01T09:30:00Z');
const DAY = 86_400_000;
const STRUCTURED = { 'content-type': 'application/cloudevents+json' };
const BATCHED = { 'content-type': 'application/cloudevents-batch+json' };
const type = 'throughline.touch.recorded.v1';
const data = { kind: 'activity', touchType: 'page-view', team: 'marketing', channel: 'organic' };
const touch = (more: object = {}) => ({ specversion: '1.0', id: 'a', source: 'site', type, data, ...more });
const text = (more: object = {}) => JSON.stringify(touch(more));
/** The text of an event whose data is this text. */
const withData = (inside: string) => text({ data: 'HERE' }).replace('"HERE"', inside);

let clock = NOW;
let touches: RunningTouches;
beforeAll(async () => {
  touches = await runningTouches({ now: () => new Date(clock) });
});
afterAll(() => touches.drop());

async function shown(id: unknown): Promise<{ raw: Buffer; body: Record<string, unknown> }> {
  const { body } = await touches.get(`/v1/quarantine/${String(id)}`);
  return { raw: Buffer.from(String(body['raw']), 'base64'), body };
}

const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const bad: [string, string | Buffer, string, string | undefined][] = [
  ['malformed JSON', '{"specversion":', 'bad-json', undefined],
  ['an empty body', '', 'empty-body', undefined],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), 'bad-string', undefined],
  ['a key twice', withData('{"kind":"activity","kind":"exposure"}'), 'duplicate-key', '/data/kind'],
  ['NUL', withData('{"kind":"\\u0000"}'), 'bad-string', '/data/kind'],
  ['NUL in a key', withData('{"a\\u0000b":1}'), 'bad-string', undefined],
  ['a lone surrogate', withData('{"kind":"\\ud800"}'), 'bad-string', '/data/kind'],
  ['__proto__', withData('{"__proto__":{"x":1}}'), 'forbidden-key', '/data/__proto__'],
  [
    'a number out of range',
    withData('{"cost":{"amount":1e999}}'),
    'number-out-of-range',
    '/data/cost/amount',
  ],
  [
    'an integer past 2^53',
    withData('{"cost":{"amount":9007199254740993}}'),
    'number-out-of-range',
    '/data/cost/amount',
  ],
  ['an unknown type', text({ type: 'com.example.unheard' }), 'unknown-type', 'type'],
  ['a future version', text({ type: 'throughline.touch.recorded.v9' }), 'future-version', 'type'],
  ['a wrong spec version', text({ specversion: '0.3' }), 'wrong-spec-version', 'specversion'],
  ['no id', text({ id: undefined }), 'missing-attribute', 'id'],
  ['an oversized event', text({ data: { ...data, note: 'x'.repeat(263_000) } }), 'too-large', undefined],
  ['depth', withData(deep(17)), 'too-deep', undefined],
  ['a time 25 h ahead', text({ time: new Date(NOW + DAY + 3_600_000).toISOString() }), 'time-ahead', 'time'],
  ['a time that is none', text({ time: 'soon' }), 'bad-time', 'time'],
  [
    'a field that is unknown',
    withData(JSON.stringify({ ...data, nonsense: 1 })),
    'invalid-data',
    '/data/nonsense',
  ],
  ['a missing field', withData('{}'), 'invalid-data', '/data/touchType'],
  ['no object', '7', 'bad-json', undefined],
];

describe('bad input', () => {
  it.each(bad)('I1 %s is 422 with field and remedy, and its bytes are kept', async (_, body, code, field) => {
    const answer = await touches.post('/v1/events', body, STRUCTURED);
    expect(answer).toMatchObject({ status: 422, body: { code, remedy: expect.stringMatching(/\w+/) } });
    if (field !== undefined) expect(answer.body['field']).toBe(field);
    const kept = await shown(answer.body['quarantine']);
    expect(kept.raw.equals(Buffer.from(body))).toBe(true);
    expect(kept.body).toMatchObject({ state: 'waiting', code, headers: STRUCTURED });
  });

  it.each([
    ['application/json; charset=utf-16', 'unsupported-media-type'],
    ['application/cloudevents-batch+json', 'bad-json'],
  ])('as %s is kept too', async (contentType, code) => {
    const answer = await touches.post('/v1/events', '{}', { 'content-type': contentType });
    const [item] = (answer.body['results'] ?? [answer.body]) as Record<string, unknown>[];
    expect([answer.status, item?.['code'] ?? (item?.['problem'] as { code: string }).code]).toEqual([
      422,
      code,
    ]);
    expect((await shown(item?.['quarantine'])).body['headers']).toMatchObject({
      'content-type': contentType,
    });
  });

  it.each([
    ['1,001 events', JSON.stringify(Array.from({ length: 1_001 }, () => 1)), 'too-many'],
    ['more than 1 MB', `[${' '.repeat(1_048_577)}]`, 'batch-too-large'],
  ])('a batch of %s is kept whole', async (_, body, code) => {
    const answer = await touches.post('/v1/events', body, BATCHED);
    expect(answer).toMatchObject({ status: 422, body: { results: [{ problem: { code } }] } });
    const [item] = answer.body['results'] as { quarantine: string }[];
    expect((await shown(item?.quarantine)).raw.equals(Buffer.from(body))).toBe(true);
  });

  it('keeps no header that could hold a secret', async () => {
    const answer = await touches.post('/v1/events', '{', {
      ...STRUCTURED,
      authorization: 'Bearer s',
      cookie: 's=1',
    });
    expect((await shown(answer.body['quarantine'])).body['headers']).toEqual({
      ...STRUCTURED,
      traceparent: expect.any(String),
    });
  });

  it('I6 is never a 5xx and never uncounted, whatever the bytes and headers', async () => {
    const before = (await touches.get('/v1/accounting')).body as Record<string, number>;
    let sent = 0;
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.jsonValue().map((json) => JSON.stringify(json)),
    );
    const json = fc.dictionary(
      fc.constantFrom('specversion', 'id', 'type', 'data', 'time', 'x'),
      fc.jsonValue(),
    );
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      value,
      json.map((each) => text(each)),
    );
    const header = fc.stringMatching(/^[\x20-\x7e\xa0-\xff]{0,40}$/);
    await fc.assert(
      fc.asyncProperty(body, header, header, async (bytes, contentType, id) => {
        sent += 1;
        const headers = {
          'content-type': contentType,
          ...(id === '' ? {} : { 'ce-id': id, 'ce-type': type }),
        };
        const { status } = await touches.post('/v1/events', Buffer.from(bytes), headers);
        expect([202, 207, 415, 422]).toContain(status);
      }),
      { numRuns: 150 },
    );
    const after = (await touches.get('/v1/accounting')).body as Record<string, number>;
    const { received = 0, accepted = 0, quarantined = 0, refused = 0 } = after;
    expect(received).toBe(accepted + quarantined + refused);
    expect(received - (before['received'] ?? 0)).toBeGreaterThanOrEqual(sent);
    const { rows } = await touches.database.query<{ n: string }>('select count(*) as n from quarantine');
    expect(quarantined).toBe(Number(rows[0]?.n));
  });
});

describe('quarantine', () => {
  const ahead = () => text({ id: `ahead-${clock}`, time: new Date(clock + 2 * DAY).toISOString() });

  it('replays after the cause is gone: the event goes to the log as if it came now', async () => {
    const { body } = await touches.post('/v1/events', ahead(), STRUCTURED);
    const path = `/v1/quarantine/${String(body['quarantine'])}/replay`;
    expect(await touches.post(path, '{}')).toMatchObject({
      status: 422,
      body: { code: 'time-ahead', field: 'time' },
    });
    const id = eventId('site', `ahead-${clock}`);
    clock += 2 * DAY;
    const replayed = await touches.post(path, '{}');
    expect(replayed).toMatchObject({
      status: 200,
      body: { events: [id], after: expect.stringMatching(/^journey/) },
    });
    const event = (await touches.events()).find((each) => each.id === id);
    expect(event?.recordedAt).toBe(new Date(clock).toISOString());
    expect(await touches.post(path, '{}')).toMatchObject({ status: 409, body: { code: 'already-replayed' } });
    expect((await shown(body['quarantine'])).body).toMatchObject({ state: 'replayed', eventIds: [id] });
  });

  it('replays an item that came in binary mode with the headers it had', async () => {
    const headers = {
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-source': 'site',
      'ce-type': type,
    };
    const time = new Date(clock + 2 * DAY).toISOString();
    const sent = { ...headers, 'ce-id': 'caf%C3%A9', 'ce-time': time };
    const { body } = await touches.post('/v1/events', JSON.stringify(data), sent);
    clock += 2 * DAY;
    const replayed = await touches.post(`/v1/quarantine/${String(body['quarantine'])}/replay`, '{}');
    expect(replayed.body).toMatchObject({ events: [eventId('site', 'café')] });
  });

  it('discards with a reason, once', async () => {
    const { body } = await touches.post('/v1/events', '{', STRUCTURED);
    const path = `/v1/quarantine/${String(body['quarantine'])}`;
    expect(await touches.post(`${path}/discard`, '{}')).toMatchObject({
      status: 422,
      body: { field: '/reason' },
    });
    const reason = JSON.stringify({ reason: 'a test of the emitter' });
    expect((await touches.post(`${path}/discard`, reason)).status).toBe(200);
    expect(await touches.post(`${path}/discard`, reason)).toMatchObject({ status: 409 });
    expect(await touches.post(`${path}/replay`, '{}')).toMatchObject({
      status: 409,
      body: { code: 'already-discarded' },
    });
    expect((await touches.get(path)).body).toMatchObject({ discardedReason: 'a test of the emitter' });
  });

  it('I6 lets one of a replay and a discard at the same time have it, and tells the other 409', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 12; n += 1) {
      const time = new Date(clock + 2 * DAY).toISOString();
      const { body } = await touches.post('/v1/events', text({ id: `race-${n}`, time }), STRUCTURED);
      ids.push(String(body['quarantine']));
    }
    clock += 2 * DAY;
    const reason = JSON.stringify({ reason: 'a race' });
    const race = (id: string) =>
      [
        ['replay', '{}'],
        ['discard', reason],
        ['replay', '{}'],
      ].map(([what = '', body = '']) => touches.post(`/v1/quarantine/${id}/${what}`, body));
    const answers = await Promise.all(ids.map((id) => Promise.all(race(id))));
    const sourceIds = (await touches.events()).map((event) => event.sourceId);
    for (const [n, statuses] of answers.map((three) => three.map(({ status }) => status)).entries()) {
      expect(statuses.toSorted()).toEqual([200, 409, 409]);
      const state = statuses[1] === 200 ? 'discarded' : 'replayed';
      expect((await shown(ids[n])).body).toMatchObject({ state });
      expect(sourceIds.filter((id) => id === `race-${n}`)).toHaveLength(state === 'replayed' ? 1 : 0);
    }
  });

  it('I6 refuses a discard while the events of a replay are on their way', async () => {
    const { body } = await touches.post('/v1/events', ahead(), STRUCTURED);
    const path = `/v1/quarantine/${String(body['quarantine'])}`;
    const reason = JSON.stringify({ reason: 'too late' });
    await touches.database.transaction(async (held) => {
      await held.query('select 1 from quarantine where id = $1 for update', [body['quarantine']]);
      for (const answer of [
        await touches.post(`${path}/discard`, reason),
        await touches.post(`${path}/replay`, '{}'),
      ])
        expect(answer).toMatchObject({ status: 409, body: { code: 'in-hand' } });
    });
    expect((await touches.post(`${path}/discard`, reason)).status).toBe(200);
  });

  it('does not take a batch of none for a good one', async () => {
    const { body } = await touches.post('/v1/touches', '[]', BATCHED);
    const path = `/v1/quarantine/${String(body['quarantine'])}`;
    expect(await touches.post(`${path}/replay`, '{}')).toMatchObject({ status: 422 });
    expect((await touches.get(path)).body).toMatchObject({ state: 'waiting' });
  });

  it('lists page after page, oldest first, each item once', async () => {
    const ids: string[] = [];
    let cursor: unknown = null;
    do {
      const more = cursor === null ? '' : `&cursor=${String(cursor)}`;
      const { body } = await touches.get(`/v1/quarantine?state=all&limit=7${more}`);
      ids.push(...(body['items'] as { id: string }[]).map((item) => item.id));
      cursor = body['next'];
    } while (cursor !== null);
    const { rows } = await touches.database.query<{ id: string }>(
      'select id from quarantine order by number',
    );
    expect(ids).toEqual(rows.map(({ id }) => id));
    expect(await touches.get('/v1/quarantine?limit=0')).toMatchObject({
      status: 422,
      body: { field: 'limit' },
    });
  });

  it('does not know an id it never gave', async () => {
    const id = '0b54c3c4-6d0c-4a9f-8f4e-0d4a2f2c6b1e';
    expect(await touches.get(`/v1/quarantine/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'unknown-quarantine' },
    });
    expect(await touches.get('/v1/quarantine/7')).toMatchObject({ status: 422, body: { field: 'id' } });
  });
});
