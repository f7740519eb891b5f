import { describe, expect, it } from '@jest/globals';
import { acceptFact } from './accept.ts';
import { catalogue, definition } from './catalogue.ts';
import type { CloudEventItem } from './cloud-event.ts';
import { readCloudEvents } from './http.ts';
import { sampleEvent } from './samples.ts';

const recordedAt = '2026-03-01T09:30:01.000Z';
const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const facts = catalogue.filter(({ kind }) => kind === 'fact');
const sent = (name: (typeof facts)[number]['name'], id = `sample-${name}`) => ({
  specversion: '1.0',
  id,
  source: 'urn:throughline:sample',
  type: definition(name).type,
  time: '2026-03-01T10:30:00+01:00',
  data: definition(name).sample,
});
const touch = (id: string) => sent('touch.recorded', id);
const read = (type: string, body: unknown, headers = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readCloudEvents({ 'content-type': type, ...headers }, Buffer.from(text));
};
const accept = (item: CloudEventItem | undefined) => acceptFact(item as CloudEventItem, recordedAt);
/** The field for which an event is refused, null where it is taken. */
const refusedFor = (event: object) => {
  try {
    accept(read(STRUCTURED, event)[0]);
    return null;
  } catch (error) {
    return (error as { field: string }).field;
  }
};
const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json; charset=utf-8';

describe('every fact by every mode of HTTP', () => {
  it.each(facts.map(({ name }) => name))('%s', (name) => {
    const event = sampleEvent(name);
    const { data, ...attributes } = sent(name);
    const binary = Object.entries(attributes).map(([key, value]) => [`CE-${key}`, encodeURIComponent(value)]);
    const base64 = Buffer.from(JSON.stringify(data)).toString('base64');
    expect(accept(read('application/cloudevents+json', sent(name))[0])).toEqual(event);
    expect(accept(read('application/json', sent(name))[0])).toEqual(event);
    expect(accept(read(BATCH, [sent(name)])[0])).toEqual(event);
    expect(accept(read('application/json', [sent(name)])[0])).toEqual(event);
    expect(accept(read('application/json', data, Object.fromEntries(binary))[0])).toEqual(event);
    expect(accept(read(BATCH, [{ ...attributes, data_base64: base64, subject: null }])[0])).toEqual(event);
  });
});

describe('a batch', () => {
  it('I6 one bad item refuses no neighbour, and keeps its bytes', () => {
    const items = read(
      BATCH,
      `[${JSON.stringify(touch('a'))}, {"id": oops} ,${JSON.stringify(touch('b'))}, [{"x"`,
    );
    expect(items.map(({ index, error }) => [index, error?.code ?? null])).toEqual([
      [0, null],
      [1, 'bad-json'],
      [2, null],
      [3, 'bad-json'],
    ]);
    expect(items.map(({ raw }) => String(raw))).toEqual([
      JSON.stringify(touch('a')),
      '{"id": oops}',
      JSON.stringify(touch('b')),
      '[{"x"',
    ]);
  });

  it('I6 bytes that are not UTF-8 harm only their item', () => {
    const body = Buffer.concat([
      Buffer.from('["'),
      Buffer.from([0xff]),
      Buffer.from('",'),
      Buffer.from('{}]'),
    ]);
    const codes = readCloudEvents({ 'content-type': BATCH }, body).map(({ error }) => error?.code);
    expect(codes).toEqual(['bad-string', 'missing-attribute']);
  });

  it('a quarantined item can be read again from its bytes and headers', () => {
    const mixed = [
      ...read(BATCH, [touch('a'), 1, {}]),
      ...read('application/json', '{"a"', { 'ce-id': '1' }),
    ];
    for (const item of mixed)
      expect(readCloudEvents(item.headers, item.raw)).toEqual([{ ...item, index: 0 }]);
  });

  it.each([
    ['batch-too-large', BATCH, ' '.repeat(1024 * 1024 + 1)],
    ['too-many', BATCH, `[${'{},'.repeat(1000)}{}]`],
    ['empty-body', 'application/json', ' '],
    ['bad-json', BATCH, '{}'],
    ['unsupported-media-type', 'application/cloudevents+avro', '{}'],
    ['unsupported-media-type', 'text/csv', 'a,b'],
    ['unsupported-media-type', 'application/json; charset=utf-16', '{}'],
  ])('%s: nothing can be saved', (code, type, body) => {
    expect(() => read(type, body)).toThrow(expect.objectContaining({ code }));
  });

  it('a compressed body is named as such, and not as text that is not UTF-8', () => {
    const compressed = { 'content-encoding': 'gzip' };
    const refusal = { code: 'unsupported-media-type', field: 'content-encoding' };
    expect(() => read('application/json', touch('a'), compressed)).toThrow(expect.objectContaining(refusal));
    const plain = read('application/json', touch('a'), { 'content-encoding': 'identity' });
    expect(plain.map(({ error }) => error)).toEqual([null]);
  });

  it.each([64 * 1024, 200 * 1024])('C3 an event of %i bytes is taken', (bytes) => {
    const event = { ...touch('a'), data: { note: '' } };
    event.data.note = 'x'.repeat(bytes - JSON.stringify(event).length);
    expect(JSON.stringify(event)).toHaveLength(bytes);
    const binary = { 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-source': 's', 'ce-type': 't' };
    for (const items of [
      read(STRUCTURED, event),
      read(BATCH, [event, event]),
      read('application/json', event.data, binary),
    ])
      expect(items.map(({ error }) => error)).toEqual(items.map(() => null));
  });

  it.each([
    'text/json',
    'Text/JSON; charset=utf-8',
    'application/vnd.acme_x+json',
    'application/vnd.acme!x#1+json',
    'model/gltf+json',
    'application/ld+json; profile="x"',
  ])('C2 data of the type %s is JSON, in binary mode and as datacontenttype', (type) => {
    const binary = { 'ce-specversion': '1.0', 'ce-id': 'a', 'ce-source': 's', 'ce-type': 't' };
    const items = [
      ...read(type, { a: 1 }, binary),
      ...read(STRUCTURED, { ...touch('a'), datacontenttype: type }),
    ];
    expect(items.map(({ error }) => error)).toEqual([null, null]);
    expect(refusedFor({ ...touch('a'), datacontenttype: type })).toBeNull();
  });

  it.each(['application/xml', 'text/plain', 'application/jsonp', 'application/json5', 'text/+', 'json'])(
    'C2 data of the type %s is not JSON',
    (type) => {
      expect(refusedFor({ ...touch('a'), datacontenttype: type })).toBe('datacontenttype');
    },
  );

  it('I6 an event of more than 256 KiB is one refused item', () => {
    const large = { ...touch('a'), data: 'x'.repeat(256 * 1024) };
    expect(read(BATCH, [large, touch('b')]).map(({ error }) => error?.code)).toEqual([
      'too-large',
      undefined,
    ]);
  });
});

describe('attributes', () => {
  const binary = (headers: Record<string, string>) => read('application/json', '{}', headers)[0];

  it('are percent-decoded once', () => {
    const headers = { 'ce-id': 'a%20%C3%A9%2525', 'ce-source': '"quoted"' };
    expect(binary(headers)?.event?.attributes).toEqual({ id: 'a é%25', source: 'quoted' });
  });

  it.each(['%', '%zz', '%ff', '%00', '\u0100'])('%p is not readable', (id) => {
    expect(binary({ 'ce-id': id })?.error).toMatchObject({ code: 'bad-attribute', field: 'id' });
  });

  it.each([
    ['Time', '2026-03-01T00:00:00Z'],
    ['inferred', ['amount']],
  ])('I2 %s in a form that would be lost is refused', (name, value) => {
    const [item] = read('application/json', { ...touch('a'), [name]: value });
    expect(item?.error).toMatchObject({ code: 'bad-attribute', field: name });
  });

  it('the trace of the event wins over that of the request; a bad one is left out', () => {
    const other = trace.replace('4bf9', 'aaaa');
    const read1 = (own?: string, ofRequest?: string) =>
      accept(read(BATCH, [{ ...touch('a'), traceparent: own }], { traceparent: ofRequest })[0]).traceparent;
    expect(read1(trace, other)).toBe(trace);
    expect(read1(undefined, other)).toBe(other);
    expect(read1('00-zz', other)).toBe(other);
    expect(read1('00-zz', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`)).toBeNull();
  });
});
