import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  RequestMapping,
  RequestMethod,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import {
  ApiBody,
  ApiExtension,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { TraceContext } from '@throughline/telemetry';
import { z } from 'zod';
import { check, checkBody } from './check.ts';
import { CursorInterceptor, ownCursor } from './cursor.ts';
import { jsonSchemaOf, propertiesOf, type JsonSchema } from './json-schema.ts';
import { headersOf, traceOf, type ServiceRequest } from './request.ts';

/**
 * All that a route promises, in one place: it is what requests are checked against, and what OpenAPI shows.
 * Paths are whole (`/v1/quarantine/:id`). A query or body field that the schema does not know is refused by name
 * when the schema is a `z.strictObject`; without a schema a query is, whatever it holds. A route whose query has a
 * `cursor` answers pages, and takes a cursor of its own pages only.
 */
export interface RouteContract {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  /** a JSON body; a POST that takes nothing has `{}` */
  readonly body?: z.ZodType;
  /** what a raw body may be, by its content type, for OpenAPI; the handler gets the bytes */
  readonly consumes?: RawBodies;
  readonly headers?: readonly { readonly name: string; readonly description: string }[];
  /** schema of each status answered; the first is the status unless the handler returns `answer(…)` */
  readonly answers: readonly RouteAnswer[];
}

export type RawBodies = Readonly<
  Record<
    string,
    { readonly schema?: JsonSchema; readonly examples?: Readonly<Record<string, { value: unknown }>> }
  >
>;

export interface RouteAnswer {
  readonly status: number;
  readonly description: string;
  readonly schema?: z.ZodType;
}

type Checked<S, Otherwise> = S extends z.ZodType ? z.output<S> : Otherwise;

/** What a handler gets: everything checked, the body as its schema gives it. */
export interface InputOf<C extends RouteContract> {
  readonly params: Checked<C['params'], undefined>;
  readonly query: Checked<C['query'], undefined>;
  readonly body: Checked<C['body'], Buffer>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** the trace of this request: store it with what the request makes */
  readonly trace: TraceContext;
}

/** Where an operation keeps its raw bodies until the document is whole: swagger's decorators know one schema a body. */
export const BODIES = 'x-bodies';
const CONTRACT = Symbol('route contract');
/** Contracts of routes that answer pages. */
const paged = new WeakSet<RouteContract>();
const empty = Buffer.alloc(0);

/** Keeps the exact type of a contract, so that `InputOf<typeof contract>` knows its fields. */
export function route<const C extends RouteContract>(contract: C): C {
  return contract;
}

/**
 * Makes a controller method the handler of this route; its parameter is `@Input() input: InputOf<typeof contract>`.
 * @throws Error where an answer other than a problem has no schema: no client could be generated from the document
 */
export function Route(contract: RouteContract): MethodDecorator {
  requireSchemas(contract);
  if (hasCursor(contract)) paged.add(contract);
  const method = contract.method === 'get' ? RequestMethod.GET : RequestMethod.POST;
  return applyDecorators(
    RequestMapping({ method, path: contract.path }),
    HttpCode(contract.answers[0]?.status ?? 200),
    ...(contract.query === undefined ? [UseGuards(withoutQuery)] : []),
    ...(paged.has(contract) ? [UseInterceptors(new CursorInterceptor())] : []),
    (_target: object, _key: string | symbol, descriptor: PropertyDescriptor) => {
      Reflect.defineMetadata(CONTRACT, contract, descriptor.value as object);
    },
    ...documentation(contract),
  );
}

/** Checks the request against the route's contract and hands it over. */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const contract = Reflect.getMetadata(CONTRACT, context.getHandler()) as RouteContract;
  const request = context.switchToHttp().getRequest<ServiceRequest>();
  const { params = noParams, query } = contract;
  const body = bodyOf(contract);
  const raw = Buffer.isBuffer(request.body) ? request.body : empty;
  return {
    params: check(params, request.params, 'path'),
    query:
      query === undefined
        ? undefined
        : check(query, paged.has(contract) ? ownCursor(request) : request.query, 'query'),
    body: body === undefined ? raw : checkBody(body, raw),
    headers: headersOf(request),
    trace: traceOf(request),
  };
});

const noParams = z.unknown();
const noQuery = z.strictObject({});
/** A request without a content type could come from any web page, so a POST always has a JSON body. */
const noBody = z.strictObject({});

function bodyOf({ method, body, consumes }: RouteContract): z.ZodType | undefined {
  return body ?? (method === 'post' && consumes === undefined ? noBody : undefined);
}

/** Also where a handler asks for no input. */
const withoutQuery: CanActivate = {
  canActivate(context) {
    check(noQuery, context.switchToHttp().getRequest<ServiceRequest>().query, 'query');
    return true;
  },
};

const hasCursor = ({ query }: RouteContract): boolean =>
  query !== undefined && propertiesOf(query).some(({ name }) => name === 'cursor');

function documentation(contract: RouteContract): MethodDecorator[] {
  const { summary, description, tag, params, query, consumes, headers = [], answers } = contract;
  const body = bodyOf(contract);
  const found: MethodDecorator[] = [
    ApiTags(tag),
    ApiOperation({
      operationId: operationIdOf(contract),
      summary,
      ...(description === undefined ? {} : { description }),
    }),
    ...headers.map((header) => ApiHeader({ ...header, required: false })),
    ...(params === undefined ? [] : propertiesOf(params).map((each) => ApiParam(each))),
    ...(query === undefined ? [] : propertiesOf(query).map((each) => ApiQuery(each))),
  ];
  if (body !== undefined) found.push(ApiBody({ required: true, schema: jsonSchemaOf(body, 'input') }));
  if (consumes !== undefined) {
    found.push(ApiBody({ required: true, schema: {} }), ApiExtension(BODIES, consumes));
  }
  for (const { status, schema, description: meaning } of answers) {
    const own =
      schema === undefined ? {} : { 'application/json': { schema: jsonSchemaOf(schema, 'output') } };
    const content = status < 400 ? own : { ...own, ...problemContent };
    found.push(ApiResponse({ status, description: meaning, content }));
  }
  found.push(
    ApiResponse({ status: 'default', description: 'A problem (RFC 9457)', content: problemContent }),
  );
  return found;
}

function requireSchemas({ method, path, answers }: RouteContract): void {
  const bare = answers.find(({ status, schema }) => status < 300 && schema === undefined);
  if (bare !== undefined)
    throw new Error(`${method.toUpperCase()} ${path}: give its answer ${bare.status} a schema`);
}

/** Method and path in words, so one of its own in any process: `postV1LeadsByIdQualify`. */
function operationIdOf({ method, path }: RouteContract): string {
  const words = path
    .replaceAll(':', 'by-')
    .split(/[^a-z0-9]+/i)
    .filter((word) => word !== '');
  return [method, ...words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))].join('');
}

const problemContent = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
