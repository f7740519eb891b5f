import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { bytes, contentTypes, headerValues, literals, methods, urlParts } from './hostile.ts';
import { targetOf, type FuzzRequest, type GoodRequest } from './request.ts';

type Changed = Partial<FuzzRequest>;
type Mutation = (good: GoodRequest) => fc.Arbitrary<Changed> | null;

const pick = <T>(from: readonly T[]) => fc.constantFrom(...from);

/** Every way in which one point of a good request is changed. What does not apply to a request gives null. */
const mutations: Readonly<Record<string, Mutation>> = {
  'a field dropped': (good) => atField(good, (point) => without(good.value, point)),
  'a field added': (good) =>
    atObject(good, (point) =>
      pick(['unheardOf', '', ' ', 'a/b~c', 'constructor', 'toString', '\u202e', 'x'.repeat(300)]).map(
        (name) => rendered(replaced(good.value, [...point, name], 1)),
      ),
    ),
  'a literal in the place of a value': (good) =>
    atPoint(good, (point) =>
      pick(literals).map((literal) =>
        rendered(replaced(good.value, point, RAW)).replace(QUOTED, () => literal),
      ),
    ),
  'a key twice': (good) =>
    atField(good, (point) => {
      const name = JSON.stringify(point.at(-1));
      return rendered(replaced(good.value, point, RAW)).replace(QUOTED, () => `1,${name}:2`);
    }),
  'a body cut short': ({ body }) =>
    body === null || body.length === 0
      ? null
      : fc.nat(body.length - 1).map((end) => ({ body: body.subarray(0, end) })),
  'bytes that are no text': ({ body }) =>
    body === null
      ? null
      : fc.tuple(fc.nat(body.length), pick(bytes)).map(([at, odd]) => ({
          body: Buffer.concat([body.subarray(0, at), odd, body.subarray(at)]),
        })),
  'a body of another kind': ({ body }) =>
    body === null
      ? null
      : pick([
          '',
          ' ',
          'null',
          '[]',
          '{}',
          '0',
          '"text"',
          '[null]',
          '\ufeff' + body.toString(),
          body.toString() + '1',
        ]).map((text) => ({ body: Buffer.from(text) })),
  'a body compressed': (good) =>
    good.body === null
      ? null
      : fc.constant({ body: gzipSync(good.body), headers: [...good.headers, ['content-encoding', 'gzip']] }),
  'a body too large': (good) =>
    good.body === null
      ? null
      : pick([1_100_000, 1_200_000]).map((length) => ({ body: Buffer.alloc(length, 0x20) })),
  'a body that ends early': (good) => (good.body === null ? null : fc.constant({ transport: 'cut' })),
  'another content type': (good) =>
    good.body === null
      ? null
      : pick(contentTypes).map((type) => ({
          headers: [['content-type', type], ...good.headers.filter(([name]) => name !== 'content-type')],
        })),
  'another method': () => pick(methods).map((method) => ({ method })),
  'another value in the path': (good) => {
    const names = Object.keys(good.path);
    if (names.length === 0) return null;
    return fc.tuple(pick(names), pick(urlParts)).map(([name, value]) => ({
      target: targetOf(good.operation, { ...good, path: { ...good.path, [name]: value } }),
    }));
  },
  'another value in the query': (good) => {
    const names = ['unheardOf', '', '__proto__', 'a[b]', ...good.operation.parameters.flatMap(inQuery)];
    return fc.tuple(pick(names), pick(urlParts), fc.boolean()).map(([name, value, alone]) => ({
      target: targetOf(good.operation, { ...good, query: [...(alone ? [] : good.query), [name, value]] }),
    }));
  },
  'another value in a header': (good) => {
    const own = good.operation.parameters.flatMap((each) => (each.in === 'header' ? [each.name] : []));
    const names = [
      ...own,
      'traceparent',
      'tracestate',
      'cookie',
      'x-any',
      'content-length',
      'transfer-encoding',
      'expect',
    ];
    return fc
      .tuple(pick([...names, ...good.headers.map(([name]) => name)]), pick(headerValues))
      .map(([name, value]) => ({
        headers: [...good.headers.filter(([other]) => other !== name), [name, value]],
      }));
  },
};

const inQuery = (each: { in: string; name: string }) => (each.in === 'query' ? [each.name] : []);

/** A good request with one point of it changed. */
export function mutated(good: GoodRequest): fc.Arbitrary<FuzzRequest> {
  const fitting = Object.entries(mutations).flatMap(([mutation, of]) => {
    const changed = of(good);
    return changed === null ? [] : [changed.map((by): FuzzRequest => ({ ...good, ...by, mutation }))];
  });
  return fc.oneof(...fitting);
}

type Point = readonly (string | number)[];
const RAW = '\u2400raw\u2400';
const QUOTED = JSON.stringify(RAW);
const rendered = (value: unknown) => JSON.stringify(value);

function atPoint(
  good: GoodRequest,
  change: (point: Point) => fc.Arbitrary<string>,
): fc.Arbitrary<Changed> | null {
  if (good.body === null) return null;
  return pick(pointsOf(good.value))
    .chain(change)
    .map((text) => ({ body: Buffer.from(text) }));
}

function atField(good: GoodRequest, change: (point: Point) => string): fc.Arbitrary<Changed> | null {
  const fields =
    good.body === null ? [] : pointsOf(good.value).filter((point) => typeof point.at(-1) === 'string');
  if (fields.length === 0) return null;
  return pick(fields).map((point) => ({ body: Buffer.from(change(point)) }));
}

function atObject(
  good: GoodRequest,
  change: (point: Point) => fc.Arbitrary<string>,
): fc.Arbitrary<Changed> | null {
  const objects =
    good.body === null ? [] : pointsOf(good.value).filter((point) => isObject(at(good.value, point)));
  if (objects.length === 0) return null;
  return pick(objects)
    .chain(change)
    .map((text) => ({ body: Buffer.from(text) }));
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every place in a value, the whole of it first. */
function pointsOf(value: unknown): Point[] {
  if (typeof value !== 'object' || value === null) return [[]];
  const own: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return [[], ...own.flatMap(([key, inner]) => pointsOf(inner).map((below) => [key, ...below]))];
}

function at(value: unknown, point: Point): unknown {
  return point.reduce((inner: unknown, key) => (inner as Record<string | number, unknown>)[key], value);
}

function replaced(value: unknown, [key, ...below]: Point, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((each, index) => (index === key ? replaced(each, below, by) : each));
  const own = (value ?? {}) as Record<string, unknown>;
  return { ...own, [key]: replaced(own[key], below, by) };
}

function without(value: unknown, point: Point): string {
  const { [String(point.at(-1))]: _dropped, ...kept } = at(value, point.slice(0, -1)) as Record<
    string,
    unknown
  >;
  return rendered(replaced(value, point.slice(0, -1), kept));
}
