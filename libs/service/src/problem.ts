import { isInfrastructure } from '@throughline/postgres';

/** A problem as the caller gets it: RFC 9457, `application/problem+json`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field?: string;
  readonly remedy?: string;
  /** every field that is wrong, where there are several */
  readonly errors?: readonly FieldError[];
  /** names the request in traces and logs */
  readonly traceId?: string;
}

export interface FieldError {
  readonly field: string;
  readonly reason: string;
  readonly remedy: string;
}

type Described = Pick<Problem, 'status' | 'code' | 'detail'> &
  Partial<Pick<Problem, 'field' | 'remedy' | 'errors'>>;

/** A refusal that a handler throws with its status at hand. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(readonly described: Described) {
    super(described.detail);
  }
}

/** Seconds after which a caller that got 503 may try again. */
export const RETRY_AFTER_SECONDS = 2;

/** Code of a request that was turned away for want of room. */
export const OVERLOADED = 'overloaded';

/** Names of errors whose class lives in another lib, and the status each means. */
const BY_NAME: Readonly<Record<string, number>> = {
  ContractError: 422,
  DomainError: 409,
  IdempotencyConflict: 409,
  WrongVersion: 412,
  OutboxFull: 503,
  LogUnavailable: 503,
  TopicMissing: 503,
  TopicMismatch: 503,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request cannot be read',
  403: 'The request comes from another web site',
  404: 'There is nothing here',
  405: 'The path does not have this method',
  408: 'The request came too slowly',
  409: 'The request does not fit what is so now',
  412: 'It has changed since',
  413: 'The request is too large',
  414: 'The URL is too long',
  415: 'The content type cannot be read',
  417: 'An expectation cannot be met',
  421: 'The request is meant for another host',
  422: 'The request is not valid',
  431: 'The head of the request is too large',
  500: 'An unforeseen failure',
  503: 'Not available at the moment',
  507: 'There is no room to keep it',
};

/**
 * The one place where an error becomes an HTTP status. Only refusals say their own message;
 * of anything else the caller learns what to do, never what broke inside.
 */
export function problemOf(error: unknown): Problem {
  return complete(error instanceof ProblemError ? error.described : describe(error));
}

/** The body of a problem known by its parts. */
export function complete(described: Described): Problem {
  const title = TITLES[described.status] ?? (described.status < 500 ? TITLES[400] : TITLES[500]) ?? '';
  const { status, detail, code, ...more } = described;
  return { type: `urn:throughline:problem:${code}`, title, status, detail, code, ...more };
}

function describe(error: unknown): Described {
  const { name, code, field, remedy, message } = partsOf(error);
  const named = BY_NAME[name];
  if (named !== undefined && named < 500) {
    return {
      status: name === 'ContractError' && code === 'bad-json' ? 400 : named,
      code: code ?? kebab(name),
      detail: message,
      ...(field === undefined ? {} : { field }),
      ...(remedy === undefined ? {} : { remedy }),
    };
  }
  if (name === 'StreamBusy') {
    return {
      status: 503,
      code: 'stream-busy',
      detail: 'Others changed it at the same moment, every time this was tried; nothing was accepted.',
      remedy: `Send the same request again after ${RETRY_AFTER_SECONDS} seconds.`,
    };
  }
  if (name === 'StoreBehindLog') {
    return { status: 503, code: code ?? kebab(name), detail: message, ...(remedy ? { remedy } : {}) };
  }
  if (name === 'DoorFull' || name === 'StoreOverloaded') {
    return {
      status: 503,
      code: OVERLOADED,
      detail: 'More is being asked of this service than it can bear; nothing of this request was accepted.',
      remedy: `Send the same request again after ${RETRY_AFTER_SECONDS} seconds, and fewer at once.`,
    };
  }
  if (named === 503 || isRetriable(error) || isInfrastructure(error)) {
    return {
      status: 503,
      code: named === undefined ? 'not-available' : kebab(name),
      detail: 'The service cannot reach what it needs; whether any of this request was kept is not known.',
      remedy:
        `Send the same request again after ${RETRY_AFTER_SECONDS} seconds, with the same Idempotency-Key or event ids: ` +
        'it then gets the answer that was lost, and nothing is kept twice. Sent without, read first what is there.',
    };
  }
  return httpStatusOf(error) ?? unforeseen;
}

const unforeseen: Described = {
  status: 500,
  code: 'unforeseen',
  detail: 'The service failed in a way that it does not know; the cause is in its log under this traceId.',
  remedy: 'Tell the operators the traceId; the same request may be sent again, with the same ids.',
};

/** There is no such path. */
export function unknownRoute(): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'unknown-route',
    detail: 'No route has this path.',
    remedy: 'See /openapi.json.',
  });
}

/** What Fastify and Nest refuse by themselves: an unknown route, a body past the limit, a malformed URL. */
function httpStatusOf(error: unknown): Described | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const own = error as { statusCode?: unknown; getStatus?: () => number };
  const status = typeof own.getStatus === 'function' ? own.getStatus() : own.statusCode;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  if (status === 404) return unknownRoute().described;
  if (status === 413) {
    return {
      status,
      code: 'body-too-large',
      detail: 'The body is longer than this service reads, so nothing of it was kept.',
      remedy: 'Send at most 1 MB a request: split the batch.',
    };
  }
  if (status === 414) {
    return {
      status,
      code: 'url-too-long',
      detail: 'A part of the path is longer than any id.',
      remedy: 'Send the id as it was given: ids have at most 200 characters.',
    };
  }
  return {
    status,
    code: 'unreadable-request',
    detail: `${TITLES[status] ?? 'The request cannot be read'}.`,
    remedy: 'Send it whole, as /openapi.json describes.',
  };
}

function isRetriable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { retriable?: unknown }).retriable === true;
}

function partsOf(error: unknown) {
  const own = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const text = (key: string) => (typeof own[key] === 'string' ? own[key] : undefined);
  return {
    name: text('name') ?? '',
    code: text('code'),
    field: text('field'),
    remedy: text('remedy'),
    message: text('message') ?? '',
  };
}

function kebab(name: string): string {
  return name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();
}
