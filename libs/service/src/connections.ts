import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
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
  /** of one address */
  readonly connectionsPerPeer: number;
}

export const PATIENCE: Patience = {
  headMs: 10_000,
  requestMs: 30_000,
  idleMs: 30_000,
  connections: 4_096,
  connectionsPerPeer: 2_048,
};

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

/**
 * Beyond so many connections another is closed at once. An address that has its share loses the oldest on which nothing is
 * answered at the moment, so that those it holds back keep nobody out. An expectation other than 100-continue is a problem.
 */
export function guardConnections(
  server: Server,
  { connections, connectionsPerPeer }: Patience,
  isAnswered: (socket: Socket) => boolean,
): void {
  server.maxConnections = connections;
  const peers = new Map<string, Set<Socket>>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress = '' } = socket;
    const own = peers.get(remoteAddress) ?? new Set();
    peers.set(remoteAddress, own.add(socket));
    socket.once('close', () => {
      own.delete(socket);
      if (own.size === 0) peers.delete(remoteAddress);
    });
    if (own.size <= connectionsPerPeer) return;
    for (const each of own) {
      if (isAnswered(each)) continue;
      own.delete(each);
      return void answerBroken({ code: SLOW }, each);
    }
  });
  server.on('checkExpectation', (_request, response) => {
    const { status, body } = problemOf('unmet-expectation');
    response.writeHead(status, { 'content-type': TYPE, connection: 'close' }).end(body);
  });
}

const TYPE = 'application/problem+json';
const SLOW = 'ERR_HTTP_REQUEST_TIMEOUT';

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
  [SLOW]: 'too-slow',
};

/** Ends a request whose body is no longer waited for. */
export function endTooSlow({ socket }: IncomingMessage): void {
  answerBroken({ code: SLOW }, socket);
}

/** Answers what never became a request, or stopped being one midway, and ends its connection. */
function answerBroken(error: { code?: string }, socket: Socket): void {
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
