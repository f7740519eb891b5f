import fc from 'fast-check';
import { arbitraryOf } from './arbitrary.ts';
import type { Operation, Parameter } from './document.ts';

/** How the bytes travel; `cut` ends the connection before the body is whole. */
export type Transport = 'whole' | 'chunked' | 'in-pieces' | 'continue' | 'cut';

/** A request as it goes over the wire, and what it was made from. */
export interface FuzzRequest {
  readonly operation: Operation;
  /** null: good by the document; else what was changed */
  readonly mutation: string | null;
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer | null;
  readonly transport: Transport;
}

/** A request that is good by its operation's schemas, with the parts that mutations change one of. */
export interface GoodRequest extends FuzzRequest {
  /** by name, as they stand in the request line */
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** what the body says */
  readonly value: unknown;
}

/** Ids that the services know, by the name of a path's parameter; so that rules are reached and not only 404. */
export type KnownIds = (operation: Operation, parameter: string) => readonly string[];

/** Requests that are good by the document; whether the business takes them is another matter. */
export function goodRequests(operation: Operation, known: KnownIds): fc.Arbitrary<GoodRequest> {
  const of = (place: Parameter['in']) => operation.parameters.filter((each) => each.in === place);
  const path = fc.record(
    Object.fromEntries(of('path').map((each) => [each.name, pathOf(each, known(operation, each.name))])),
  );
  const query = fc.tuple(...of('query').map(queryOf)).map((all) => all.flat());
  const headers = fc.tuple(...of('header').map(headerOf)).map((all) => all.flat());
  const bodies = Object.entries(operation.bodies).map(([type, schema]) =>
    fc.tuple(fc.constant(type), arbitraryOf(schema), fc.boolean()),
  );
  const transport = fc.constantFrom<Transport>('whole', 'whole', 'whole', 'chunked', 'in-pieces', 'continue');
  return fc
    .tuple(path, query, headers, bodies.length === 0 ? fc.constant(null) : fc.oneof(...bodies), transport)
    .map(([inPath, inQuery, sent, body, by]) => {
      const whole = { path: inPath, query: inQuery, headers: sent, transport: by };
      return body === null ? bodiless(operation, whole) : bodied(operation, whole, body);
    });
}

type Parts = Pick<GoodRequest, 'path' | 'query' | 'headers' | 'transport'>;

function bodiless(operation: Operation, parts: Parts): GoodRequest {
  const { method } = operation;
  const target = targetOf(operation, parts);
  return {
    operation,
    mutation: null,
    method,
    ...parts,
    transport: 'whole',
    target,
    body: null,
    value: undefined,
  };
}

function bodied(
  operation: Operation,
  parts: Parts,
  [type, sent, flip]: [string, unknown, boolean],
): GoodRequest {
  const { method } = operation;
  const target = targetOf(operation, parts);
  const binary = flip && takesBinary(operation) ? binaryOf(sent) : null;
  const [value, attributes] = binary ?? [sent, []];
  const headers = [
    ['content-type', binary === null ? type : 'application/json'] as const,
    ...parts.headers,
    ...attributes,
  ];
  const body = Buffer.from(JSON.stringify(value));
  return { operation, mutation: null, method, ...parts, target, headers, body, value };
}

const takesBinary = ({ parameters }: Operation) => parameters.some(({ name }) => name === 'ce-type');

/** A structured CloudEvent as the body and headers of the same event in binary mode; null where it is a batch. */
function binaryOf(event: unknown): [unknown, [string, string][]] | null {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return null;
  const { data, ...attributes } = event as Record<string, unknown>;
  const inHeader = (value: unknown) => encodeURIComponent(String(value)).replaceAll("'", '%27');
  return [data, Object.entries(attributes).map(([name, value]) => [`ce-${name}`, inHeader(value)])];
}

export function targetOf({ path }: Operation, parts: Pick<GoodRequest, 'path' | 'query'>): string {
  const at = path.replace(/\{(\w+)\}/g, (_, name: string) => parts.path[name] ?? '');
  const query = parts.query.map(([name, value]) => `${name}=${value}`).join('&');
  return query === '' ? at : `${at}?${query}`;
}

function pathOf({ schema }: Parameter, ids: readonly string[]): fc.Arbitrary<string> {
  const any = arbitraryOf({ minLength: 1, ...schema })
    .map(String)
    .filter((text) => text !== '.' && text !== '..');
  const made = ids.length === 0 ? any : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...ids) }, any);
  return made.map(encodeURIComponent);
}

function queryOf({ name, schema }: Parameter): fc.Arbitrary<[string, string][]> {
  const values = fc.option(arbitraryOf(schema), { nil: undefined, freq: 3 });
  return values.map((value) =>
    value === undefined ? [] : [value].flat().map((each) => [name, encodeURIComponent(String(each))]),
  );
}

const visible = fc.stringMatching(/^[A-Za-z0-9._:-]{1,40}$/);
const inHeaders: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'Idempotency-Key': visible,
  'If-Match': fc.oneof(
    fc.nat(20).map((version) => `"${version}"`),
    fc.constant('*'),
  ),
  traceparent: fc.constant(`00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`),
};

/** Attributes of CloudEvents travel with the body they belong to. */
function headerOf({ name }: Parameter): fc.Arbitrary<[string, string][]> {
  const value = inHeaders[name];
  return value === undefined
    ? fc.constant([])
    : fc.option(value, { nil: undefined, freq: 2 }).map((sent) => (sent === undefined ? [] : [[name, sent]]));
}
