import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v5 } from 'uuid';
import { catalogue } from './catalogue.ts';
import { LOG_TOPICS } from './definition.ts';
import { ContractError } from './contract.error.ts';
import { EVENT_NAMESPACE, eventId, payloadHash } from './identifiers.ts';
import { fromRecord, toRecord } from './record.ts';
import { sampleEvent } from './samples.ts';

const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('an event on the log', () => {
  it.each(catalogue.map(({ name }) => name))('I1 %s comes back as it was', (name) => {
    const event = sampleEvent(name, {
      traceparent: trace,
      tracestate: 'vendor=1',
      inferred: ['amount', 'time'],
    });
    const record = toRecord(event);
    expect(fromRecord(record)).toEqual(event);
    expect(toRecord(fromRecord(record))).toEqual(record);
  });

  it('is CloudEvents 1.0 in binary mode', () => {
    const event = sampleEvent('lead.accepted', {
      source: 'urn:leads',
      sourceId: 'command-1/0',
      id: eventId('x', 'y'),
    });
    expect(toRecord(event)).toEqual({
      topic: 'journey.leads',
      key: 'lead-1',
      value: Buffer.from('{"by":"member-1","handOff":"hand-off-1","lead":"lead-1"}'),
      timestamp: Date.UTC(2026, 2, 1, 9, 30, 1),
      headers: {
        ce_specversion: '1.0',
        ce_id: 'command-1/0',
        ce_source: 'urn:leads',
        ce_type: 'throughline.lead.accepted.v1',
        ce_time: '2026-03-01T09:30:00.000Z',
        ce_precision: 'instant',
        ce_recordedat: '2026-03-01T09:30:01.000Z',
        ce_stream: 'lead-1',
        ce_streamversion: '1',
        ce_eventid: eventId('x', 'y'),
        'content-type': 'application/json',
      },
    });
    expect(fromRecord(toRecord(event))).toEqual(event);
  });

  it('may be undated', () => {
    const event = sampleEvent('lead.captured', { occurredAt: null, precision: 'unknown' });
    expect(toRecord(event).headers).not.toHaveProperty('ce_time');
    expect(fromRecord(toRecord(event))).toEqual(event);
  });

  it.each([
    ['bad-record', 'ce_id', { ce_id: '' }],
    ['bad-record', 'ce_specversion', { ce_specversion: '0.3' }],
    ['bad-record', 'ce_streamversion', { ce_streamversion: '0' }],
    ['bad-record', 'key', { ce_stream: 'lead-2' }],
    ['bad-record', 'ce_eventid', { ce_eventid: 'x' }],
    ['bad-record', 'ce_recordedat', { ce_recordedat: 'now' }],
    ['bad-precision', 'precision', { ce_precision: 'unknown' }],
    ['bad-time', 'time', { ce_time: '2026-02-30T00:00:00Z' }],
    ['future-version', 'type', { ce_type: 'throughline.lead.accepted.v2' }],
    ['unknown-type', 'type', { ce_type: 'throughline.lead.sold.v1' }],
    ['wrong-topic', null, { ce_type: 'throughline.touch.recorded.v1' }],
    ['bad-record', 'ce_stream', { ce_stream: undefined, ce_streamversion: undefined }],
    ['bad-record', 'content-type', { 'content-type': 'text/xml' }],
  ])('%s at %s when a header is changed', (code, field, headers) => {
    const record = toRecord(sampleEvent('lead.accepted'));
    const changed = Object.entries({ ...record.headers, ...headers }).filter(
      ([, value]) => value !== undefined,
    );
    const altered = { ...record, headers: Object.fromEntries(changed) as Record<string, string> };
    expect(() => fromRecord(altered)).toThrow(expect.objectContaining({ code, field }));
    expect(() => fromRecord(altered)).toThrow(ContractError);
  });

  it('I4 a fact cannot choose its id', () => {
    const record = toRecord(sampleEvent('touch.recorded'));
    const altered = { ...record, headers: { ...record.headers, ce_eventid: eventId('x', 'y') } };
    expect(() => fromRecord(altered)).toThrow(
      expect.objectContaining({ code: 'bad-record', field: 'ce_eventid' }),
    );
  });

  it('a fact of the day after tomorrow is refused, as by HTTP', () => {
    const { headers, ...record } = toRecord(sampleEvent('touch.recorded'));
    const altered = { ...record, headers: { ...headers, ce_time: '2026-03-03T09:30:00.000Z' } };
    expect(() => fromRecord(altered)).toThrow(expect.objectContaining({ code: 'time-ahead', field: 'time' }));
  });

  it('I4 an event that another service wrote without a platform id has that of its source and id', () => {
    const { headers, ...record } = toRecord(sampleEvent('touch.recorded'));
    const { ce_eventid: _, ...plain } = headers;
    expect(fromRecord({ ...record, headers: plain }).id).toBe(sampleEvent('touch.recorded').id);
  });

  it.each(catalogue.map(({ name }) => name))(
    'O3 the record of %s has the id that an answer names',
    (name) => {
      const event = sampleEvent(name);
      expect(toRecord(event).headers['ce_eventid']).toBe(event.id);
    },
  );

  it.each(catalogue.map(({ name, topic }) => [name, topic]))('S2 %s is read from %s alone', (name, topic) => {
    const record = toRecord(sampleEvent(name as 'lead.captured'));
    for (const other of LOG_TOPICS.filter((it) => it !== topic)) {
      expect(() => fromRecord({ ...record, topic: other })).toThrow(
        expect.objectContaining({ code: 'wrong-topic' }),
      );
    }
  });

  it('a record under another key is refused', () => {
    const record = { ...toRecord(sampleEvent('account.described')), key: 'account-2' };
    expect(() => fromRecord(record)).toThrow(expect.objectContaining({ code: 'bad-record', field: 'key' }));
  });
});

describe('identifiers', () => {
  it('the platform id is the UUIDv5 of [source, id]', () => {
    expect(eventId('https://crm.example', 'e-1')).toBe('77592825-5f36-5f40-8663-65524ccb707f');
  });

  it('I4 is the same as that of the uuid package for any source and id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (source, id) => {
        expect(eventId(source, id)).toBe(v5(JSON.stringify([source, id]), EVENT_NAMESPACE));
      }),
    );
  });

  it('the payload hash leaves out who took the event and when', () => {
    const event = sampleEvent('touch.recorded');
    const repeat = { ...event, recordedAt: '2027-01-01T00:00:00.000Z', traceparent: trace };
    expect(payloadHash(repeat)).toBe(payloadHash(event));
    expect(payloadHash({ ...event, precision: 'day' })).not.toBe(payloadHash(event));
    expect(payloadHash({ ...event, data: { ...event.data, person: 'p' } })).not.toBe(payloadHash(event));
  });
});
