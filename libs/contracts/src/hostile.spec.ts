import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { acceptFact } from './accept.ts';
import { catalogue, definition } from './catalogue.ts';
import { ContractError } from './contract.error.ts';
import { readCloudEvents } from './http.ts';
import type { HttpHeaders } from './http.ts';
import { fromRecord, toRecord } from './record.ts';
import { sampleEvent } from './samples.ts';

const recordedAt = '2026-03-01T09:30:01.000Z';
const names = catalogue.map(({ name }) => name);
const hostile = fc.constantFrom(
  '__proto__',
  'constructor',
  'toString',
  '\\u0000',
  '\\ud800',
  '1e400',
  '-0',
  '[[[[[[[[[[[[[[[[[[',
  '"',
  '\\',
  '}',
  ']',
  ',',
  'null',
  '\u202e',
  '💥',
  '%',
  '%00',
  '\ufeff',
  '9'.repeat(400),
  '{"__proto__":{}}',
);
const contentTypes = fc.constantFrom(
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'text/plain',
  '',
  ';;=',
);
const headers = fc.record({
  'content-type': contentTypes,
  'ce-id': fc.option(fc.oneof(fc.string(), hostile), { nil: undefined }),
  'ce-type': fc.option(fc.oneof(fc.string(), hostile), { nil: undefined }),
  traceparent: fc.option(fc.oneof(fc.string(), hostile), { nil: undefined }),
});

/** What every reader promises: an answer, or a ContractError that says what to do; nothing else is thrown. */
function outcome<T>(read: () => T): T | ContractError {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ContractError)) throw error;
    expect(error.remedy).toMatch(/\S/);
    expect(error.field ?? '').not.toContain('\0');
    expect((error.field ?? '').isWellFormed()).toBe(true);
    return error;
  }
}

function readAll(sent: HttpHeaders, body: Buffer): void {
  const items = outcome(() => readCloudEvents(sent, body));
  if (items instanceof ContractError) return;
  for (const item of items) {
    const event = outcome(() => acceptFact(item, recordedAt));
    if (!(event instanceof ContractError)) expect(fromRecord(toRecord(event))).toEqual(event);
  }
}

/** The text of a valid event, cut, doubled or spoilt at places. */
const spoilt = fc
  .record({
    name: fc.constantFrom(...names),
    cuts: fc.array(fc.tuple(fc.nat(), fc.nat(8), fc.oneof(hostile, fc.string({ maxLength: 5 }))), {
      maxLength: 4,
    }),
    asBatch: fc.boolean(),
  })
  .map(({ name, cuts, asBatch }) => {
    const { type, sample } = definition(name);
    const event = { specversion: '1.0', id: 'a', source: 'b', type, time: recordedAt, data: sample };
    const text = JSON.stringify(asBatch ? [event, event] : event);
    return cuts.reduce((left, [at, length, put]) => {
      const place = at % (left.length + 1);
      return left.slice(0, place) + put + left.slice(place + length);
    }, text);
  });

describe('I1 no bytes make a reader fail in another way than it says', () => {
  it('random bytes', () => {
    fc.assert(
      fc.property(headers, fc.uint8Array({ maxLength: 400 }), (sent, bytes) =>
        readAll(sent, Buffer.from(bytes)),
      ),
    );
  });

  it('spoilt events', () => {
    fc.assert(
      fc.property(headers, spoilt, (sent, text) => readAll(sent, Buffer.from(text))),
      { numRuns: 1000 },
    );
  });

  it('any value in any attribute and any field', () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), hostile);
    const event = fc.record({
      name: fc.constantFrom(...names),
      attribute: fc.string(),
      field: fc.string(),
      value,
    });
    fc.assert(
      fc.property(event, ({ name, attribute, field, value: put }) => {
        const { type, sample } = definition(name);
        const keys = Object.keys(sample as object);
        const place = keys[field.length % keys.length] ?? field;
        const known = { specversion: '1.0', id: 'a', source: 'b', type };
        for (const data of [
          { ...(sample as object), [place]: put },
          { ...(sample as object), [field]: put },
        ]) {
          readAll({ 'content-type': 'application/json' }, Buffer.from(JSON.stringify({ ...known, data })));
        }
        const wrong = { ...known, data: sample, [attribute]: put };
        readAll({ 'content-type': 'application/json' }, Buffer.from(JSON.stringify(wrong)));
      }),
    );
  });

  it('spoilt records of the log', () => {
    const changes = fc.dictionary(
      fc.constantFrom(
        ...Object.keys(toRecord(sampleEvent('lead.offered')).headers),
        'ce_eventid',
        'ce_inferred',
      ),
      fc.oneof(fc.string(), hostile),
      { maxKeys: 2 },
    );
    const record = fc.record({
      name: fc.constantFrom(...names),
      changes,
      value: fc.option(fc.uint8Array(), { nil: undefined }),
      timestamp: fc.oneof(fc.double(), fc.constant(0)),
    });
    fc.assert(
      fc.property(record, ({ name, changes: changed, value, timestamp }) => {
        const good = toRecord(sampleEvent(name));
        const { ce_recordedat: _, ...rest } = good.headers;
        outcome(() =>
          fromRecord({
            topic: good.topic,
            key: good.key,
            value: value ? Buffer.from(value) : good.value,
            headers: { ...(timestamp === 0 ? good.headers : rest), ...changed },
            timestamp,
          }),
        );
      }),
    );
  });
});
