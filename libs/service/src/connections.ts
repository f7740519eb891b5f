import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { complete } from './problem.ts';

/** How long a caller may take, and how many may be connected. */
export interface Patience {
  /** until the head of a request is there */
  readonly headMs: number;
  /** until the whole of it is there, the body too */
  readonly requestMs: number;
  /** an idle connection is kept open for another request this long */
  readonly idleMs: number;
  readonly connections: number;
}

export const PATIENCE: Patience = { headMs: 10_000, requestMs: 30_000, idleMs: 30_000, connections: 4_096 };

/** Fastify's options for it. Node looks for late callers only every `connectionsCheckingInterval`. */
export function patient({ headMs, requestMs, idleMs }: Patience) {
  const connectionsCheckingInterval = Math.min(1_000, Math.ceil(headMs / 2));
  return {
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    http: {
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval,
      requireHostHeader: false, // RequestGuard refuses it as a problem
    },
    clientErrorHandler: answerBroken,
  };
}

/** Beyond so many connections another is closed at once; an expectation other than 100-continue is a problem. */
export function guardConnections(server: Server, { connections }: Patience): void {
  server.maxConnections = connections;
  server.on('checkExpectation', (_request, response) => {
    const { status, body } = problemOf('unmet-expectation');
    response.writeHead(status, { 'content-type': TYPE, connection: 'close' }).end(body);
  });
}

const TYPE = 'application/problem+json';

const problems = {
  'unreadable-request': {
    status: 400,
    detail: 'What was sent is not HTTP that can be read.',
    remedy: 'Send it as RFC 9112 has it; most HTTP libraries do.',
  },
  'too-slow': {
    status: 408,
    detail: 'The request did not arrive whole in time; nothing of it was kept.',
    remedy: 'Send it again, all at once.',
  },
  'body-too-large': {
    status: 413,
    detail: 'The chunks of the body carry more extensions than are read.',
    remedy: 'Send chunks without extensions.',
  },
  'unmet-expectation': {
    status: 417,
    detail: 'Of expectations only 100-continue can be met.',
    remedy: 'Leave the Expect header out.',
  },
  'head-too-large': {
    status: 431,
    detail: 'The head of the request is longer than this service reads.',
    remedy: 'Send at most 16 KB of headers, URL included.',
  },
} as const;

const byCode: Readonly<Record<string, keyof typeof problems>> = {
  HPE_HEADER_OVERFLOW: 'head-too-large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'too-slow',
};

/** Answers what never became a request, or stopped being one midway, and ends its connection. */
function answerBroken(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const { status, body } = problemOf(byCode[error.code ?? ''] ?? 'unreadable-request');
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

function problemOf(code: keyof typeof problems): { status: number; body: string } {
  const { status } = problems[code];
  return { status, body: JSON.stringify(complete({ code, ...problems[code] })) };
}
