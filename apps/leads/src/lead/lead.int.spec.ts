import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sampleEvent, toRecord } from '@throughline/contracts';
import { runningLeads, type RunningLeads } from '../testing/running-leads.ts';

const noon = Date.parse('2026-03-02T12:00:00Z');
let clock = noon;
let service: RunningLeads;
beforeAll(async () => void (service = await runningLeads(() => new Date(clock))));
afterAll(() => service.drop());

const capture = (id: string, data: object = {}, headers = {}) =>
  service.post('/v1/leads', { id, data }, headers);
const send = (id: string, command: string, data: object = {}, headers = {}) =>
  service.post(`/v1/leads/${id}/${command}`, { data }, headers);
const lead = async (id: string) => (await service.get(`/v1/leads/${id}`)).body;

describe('a lead from captured to working', () => {
  it('is what its stream says, with its version as ETag', async () => {
    await capture('lead-1', { source: 'paid_search', person: 'person-1' });
    await send('lead-1', 'qualify', { definition: { id: 'mql', version: 2 } });
    await send('lead-1', 'offer', { handOff: 'h-1', to: 'sales-1' });
    await send('lead-1', 'accept', { handOff: 'h-1', by: 'sales-1' });
    const touched = await send('lead-1', 'follow-up', { touchType: 'call-connected', by: 'sales-1' });
    expect(touched).toMatchObject({ status: 200, etag: '"5"', body: { version: 5 } });
    expect(await lead('lead-1')).toMatchObject({
      version: 5,
      state: { situation: 'working', furthest: 'working', owner: 'sales-1' },
      events: [
        { name: 'lead.captured', data: { lead: 'lead-1', source: 'paid_search', account: null } },
        { name: 'lead.qualified' },
        { name: 'lead.offered' },
        { name: 'lead.accepted' },
        { name: 'lead.followed-up' },
      ],
    });
  });
  it('is refused with what to do instead', async () => {
    await capture('lead-2');
    expect(await send('lead-2', 'accept', { handOff: 'h-1' })).toMatchObject({
      status: 409,
      body: { code: 'hand-off-unknown', detail: expect.stringContaining('Offer the lead') },
    });
    expect(await send('lead-2', 'reject', { handOff: 'h-1' })).toMatchObject({
      status: 422,
      body: { field: '/data/reason' },
    });
    expect(await service.get('/v1/leads/nobody')).toMatchObject({
      status: 404,
      body: { code: 'lead-unknown' },
    });
  });
});

describe('the clock of a hand-off', () => {
  const offered = async (id: string, common: object = {}) => {
    await capture(id);
    await service.post(`/v1/leads/${id}/offer`, { ...common, data: { handOff: `${id}-h` } });
    return (await lead(id))['state'] as { handOffs: { answerDue: string | null }[] };
  };

  it('starts with the offer and lets it expire when it is due', async () => {
    expect(await offered('clock-1')).toMatchObject({
      handOffs: [{ answerDue: '2026-03-03T12:00:00.000Z', ruleVersion: { id: 'default', version: 1 } }],
    });
    const data = { handOff: 'clock-1-h' };
    expect(await send('clock-1', 'expire-offer', data)).toMatchObject({
      status: 409,
      body: { code: 'hand-off-not-due' },
    });
    clock = noon + 24 * 3_600_000;
    expect(await send('clock-1', 'expire-offer', data)).toMatchObject({ status: 200, body: { version: 3 } });
    clock = noon;
  });
  it('I2 does not start with a time that is inferred or unknown', async () => {
    const inferred = { occurredAt: '2026-01-01T00:00:00Z', inferred: ['time'] };
    for (const [id, common] of [
      ['clock-2', inferred],
      ['clock-3', { occurredAt: null }],
    ] as const) {
      expect(await offered(id, common)).toMatchObject({ handOffs: [{ answerDue: null, ruleVersion: null }] });
      expect(await send(id, 'expire-offer', { handOff: `${id}-h` })).toMatchObject({
        body: { code: 'hand-off-has-no-clock' },
      });
    }
  });
  it('is the first one when an offer without a time is sent again later under its key', async () => {
    await capture('clock-4');
    const key = { 'idempotency-key': 'offer-clock-4' };
    const first = await send('clock-4', 'offer', { handOff: 'h-4' }, key);
    clock = noon + 3_600_000;
    const again = await send('clock-4', 'offer', { handOff: 'h-4' }, key);
    clock = noon;
    expect(again).toMatchObject({ status: 200, body: { ...first.body, replayed: true } });
    expect(await lead('clock-4')).toMatchObject({
      version: 2,
      state: { handOffs: [{ answerDue: '2026-03-03T12:00:00.000Z' }] },
    });
  });
});

describe('a command that comes twice', () => {
  it('I1 has the same answer under the same key, whatever came between', async () => {
    const first = await capture('twice-1', {}, { 'idempotency-key': 'c-1' });
    await send('twice-1', 'qualify');
    const again = await capture('twice-1', {}, { 'idempotency-key': 'c-1' });
    expect(again).toMatchObject({ status: 200, etag: '"1"', body: { ...first.body, replayed: true } });
    expect((await lead('twice-1'))['version']).toBe(2);
  });
  it('is refused under the same key with another payload', async () => {
    await capture('twice-2', { source: 'email' }, { 'idempotency-key': 'c-2' });
    expect(await capture('twice-2', { source: 'social' }, { 'idempotency-key': 'c-2' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency-conflict' },
    });
  });
  it('is judged anew under its key when it was refused the first time', async () => {
    const key = { 'idempotency-key': 'c-3' };
    expect((await send('twice-3', 'qualify', {}, key)).status).toBe(409);
    await capture('twice-3');
    expect(await send('twice-3', 'qualify', {}, key)).toMatchObject({
      status: 200,
      body: { replayed: false },
    });
  });
  it('rows 14, 33: one answer of two at once ends the offer, and the other is told so', async () => {
    await capture('twice-4');
    await send('twice-4', 'offer', { handOff: 'h-1' });
    const answers = await Promise.all([
      send('twice-4', 'accept', { handOff: 'h-1', by: 'sales-1' }),
      send('twice-4', 'reject', { handOff: 'h-1', by: 'sales-1', reason: 'no budget' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await lead('twice-4'))['version']).toBe(3);
  });
});

describe('If-Match', () => {
  it('lets a command through at that version only', async () => {
    const { etag } = await capture('match-1');
    expect(await send('match-1', 'qualify', {}, { 'if-match': '"7"' })).toMatchObject({ status: 412 });
    expect(await send('match-1', 'qualify', {}, { 'if-match': etag ?? '' })).toMatchObject({ status: 200 });
  });
});

describe('commands in a batch', () => {
  it('are answered in order, each judged by what those before it did', async () => {
    const commands = [
      { command: 'capture', id: 'batch-1', idempotencyKey: 'b-1', data: {} },
      { command: 'qualify', id: 'batch-1', data: {} },
      { command: 'qualify', id: 'batch-1', data: {} },
      { command: 'capture', id: 'batch-1', idempotencyKey: 'b-1', data: {} },
      { command: 'applaud', id: 'batch-1' },
      { command: 'capture', id: 'batch-2', data: { source: 7 } },
      { command: 'offer', id: 'batch-1', data: { handOff: 'h-1' } },
    ];
    const { status, body } = await service.post('/v1/leads/commands', { commands });
    expect(status).toBe(207);
    expect(body['results']).toMatchObject([
      { status: 200, version: 1 },
      { status: 200, version: 2 },
      { status: 409, problem: { code: 'lead-already-qualified' } },
      { status: 200, version: 1, replayed: true },
      { status: 422, problem: { field: '/command' } },
      { status: 422, problem: { field: '/data/source' } },
      { status: 200, version: 3 },
    ]);
  });
});

describe('the log', () => {
  it('I3 has every stream as 1..N, as it was stored', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `log-${n}`);
    await Promise.all(ids.map((id) => capture(id)));
    await Promise.all(
      ids.flatMap((id) => [
        send(id, 'offer', { handOff: 'h-1', to: 'sales-1' }),
        send(id, 'assess', { verdict: 'qualified' }),
        send(id, 'reassign', { to: 'sales-2' }),
      ]),
    );
    const published = await service.published();
    for (const id of ids) {
      const stored = (await lead(id))['events'] as { id: string }[];
      const own = published.filter(({ key }) => key === id);
      expect(own.map(({ stream }) => stream?.version)).toEqual([1, 2, 3, 4]);
      expect(own.map((event) => event.id)).toEqual(stored.map((event) => event.id));
    }
  });
});

describe('the service', () => {
  it('converts a lead when an opportunity was opened from it, and lists what could not be', async () => {
    await capture('live-1');
    const event = sampleEvent('opportunity.opened', {
      data: { opportunity: 'deal-1', leads: ['live-1', 'live-2'] },
    });
    await service.log.send('journey.opportunities', [toRecord(event)]);
    expect(await service.workers.reactor.waitFor(`e.${event.id}`, 10_000)).toBe('applied');
    expect(await lead('live-1')).toMatchObject({ state: { situation: 'converted', opportunity: 'deal-1' } });
    const path = '/v1/reactions/convert-lead-when-opportunity-opened/refusals';
    expect((await service.get(path)).body).toMatchObject({
      items: [{ eventId: event.id, code: 'lead-unknown' }],
    });
  });

  it('I7 lists what the reactor could not read, tries it again, and goes on once it is given up', async () => {
    await capture('live-3');
    const spoilt = sampleEvent('opportunity.opened', { sourceId: 'spoilt', data: { opportunity: 'deal-3' } });
    const next = sampleEvent('opportunity.opened', {
      sourceId: 'next',
      stream: { id: 'deal-3', version: 2 },
      data: { opportunity: 'deal-3', leads: ['live-3'] },
    });
    const record = { ...toRecord(spoilt), value: Buffer.from('{"opportunity":7}') };
    await service.log.send('journey.opportunities', [record, { ...toRecord(next), key: record.key }]);
    const path = '/v1/reactions/convert-lead-when-opportunity-opened/parked';
    expect(await service.workers.reactor.waitFor(`e.${next.id}`, 10_000)).toBe('parked');
    const { items } = (await service.get(path)).body as { items: { place: string; state: string }[] };
    expect(items.map(({ state }) => state)).toEqual(['poison', 'queued']);
    const first = `${path}/${items[0]?.place}`;
    expect(await service.post(`${first}/replay`, {})).toMatchObject({ body: { applied: 0, left: 2 } });
    const because = { reason: 'damaged', by: 'ops' };
    expect(await service.post(`${path}/${items[1]?.place}/discard`, because)).toMatchObject({
      status: 409,
      body: { code: 'parked-refused', remedy: expect.stringContaining(path) },
    });
    expect(await service.post(`${first}/discard`, because)).toMatchObject({ body: { applied: 1, left: 0 } });
    expect(await lead('live-3')).toMatchObject({ state: { situation: 'converted', opportunity: 'deal-3' } });
    expect((await service.post(`${first}/replay`, {})).status).toBe(404);
  });

  it('says where an event has been, and forgets after 30 days where the reactor saw it', async () => {
    const [stored] = ((await capture('hops-1')).body as { events: { id: string }[] }).events;
    await service.published();
    const { body } = await service.get(`/v1/hops/leads/${stored?.id}`);
    const at = expect.stringMatching(/Z$/);
    expect(body).toEqual({
      items: [
        { by: 'leads', hop: 'stored', at: '2026-03-02T12:00:00.000Z' },
        {
          ...{ by: 'leads', hop: 'relayed', at, topic: 'journey.leads' },
          ...{ partition: expect.any(Number), offset: expect.any(String) },
        },
      ],
      next: null,
    });
    const unknown = '/v1/hops/leads/00000000-0000-5000-8000-000000000000';
    expect(await service.get(unknown)).toMatchObject({ status: 200, body: { items: [], next: null } });
    expect((await service.get('/v1/hops/leads/h-1')).status).toBe(422);
    const log = 'projection.processing_log';
    await service.database.query(`update ${log} set at = now() - interval '31 days'`);
    await service.workers.housekeeping.runOnce();
    expect(service.workers.housekeeping.lastError).toBeNull();
    expect((await service.database.query(`select 1 from ${log}`)).rowCount).toBe(0);
  });

  it('I3 sends a stream again on request, as it was', async () => {
    await capture('again-1');
    await send('again-1', 'qualify');
    const before = await service.published();
    expect(await service.post('/v1/leads/again-1/reemit', {})).toMatchObject({ body: { records: 2 } });
    const own = (await service.published()).filter(({ key }) => key === 'again-1');
    expect(own.slice(0, 2)).toEqual(before.filter(({ key }) => key === 'again-1'));
    expect(own.slice(2)).toEqual(own.slice(0, 2));
  });

  it('says that it is ready and how far it is', async () => {
    expect((await service.get('/health/ready')).body).toMatchObject({ status: 'ok' });
    expect((await service.get('/health/fresh')).body).toMatchObject({
      checks: { 'leads.outbox': { ok: true }, 'leads.reactor': { ok: true, detail: { halted: null } } },
    });
  });
});
