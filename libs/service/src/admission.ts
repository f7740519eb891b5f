import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ArrivingBodies } from './arriving-bodies.ts';
import { endTooSlow } from './connections.ts';
import type { Finding } from './health.ts';
import { Pace } from './pace.ts';
import { OVERLOADED, ProblemError, RETRY_AFTER_SECONDS } from './problem.ts';

/** What a service takes on at once. */
export interface Ceiling {
  /** requests in hand: those that are there, body included; those to health are not counted */
  readonly requests: number;
  /** bytes of bodies in hand, by the length that was declared (the longest that is read where none was), and on their way */
  readonly bodyBytes: number;
  /** milliseconds that a request may have to wait for its turn, by what those before it have cost of late */
  readonly waitMs: number;
}

/** 32 MB hold nearly thirty of the largest batches; read as events they take several times as much. */
export const CEILING: Ceiling = { requests: 256, bodyBytes: 32 * 1024 * 1024, waitMs: 1_000 };

/** 1 MB is what a batch may have; a little more is read, so that a batch past its limit is still kept and explained. */
export const LARGEST_BODY = 1_150_000;

interface Ticket {
  readonly bytes: number;
  isInHand: boolean;
  holders: number;
}

/** Every so often what is on its way is held to the bytes that there is room for. */
const SWEEP_MS = 250;

const EXEMPT = /^\/health(\/|$)/;

/**
 * Takes requests in, or turns them away at once where as much is in hand already as the service can bear.
 * - Judged by the head of a request: nothing of a body is read for one that is turned away, nor before its turn for one
 *   that is let in.
 * - A request is in hand from when its body is there, so that callers who send slowly hold no place; see ArrivingBodies.
 *   Where all places were taken meanwhile, it is turned away then.
 * - Who is let in waits its turn, about a second at most; see Pace.
 * - A request is in hand until its answer has gone out and its handler has ended, so that callers who hang up and
 *   call again do not pile up work.
 * - Health is always let in. Once closed, nothing else is.
 */
export class Admission {
  readonly #tickets = new WeakMap<IncomingMessage, Ticket>();
  readonly #inHand = new WeakSet<Socket>();
  #requests = 0;
  #bytes = 0;
  #turnedAway = 0;
  #closed = false;
  readonly #pace = new Pace();
  readonly #arriving = new ArrivingBodies(endTooSlow);
  readonly #sweep: NodeJS.Timeout;

  constructor(private readonly ceiling: Ceiling) {
    this.#sweep = setInterval(() => this.#hasRoomFor(0), SWEEP_MS).unref();
  }

  /** What is in hand, and how many were turned away for want of room since the process started. */
  finding(): Finding {
    const [inHand, bodyBytes, turnedAway] = [this.#requests, this.#bytes, this.#turnedAway];
    return { ok: true, detail: { inHand, arriving: this.#arriving.count, bodyBytes, turnedAway } };
  }

  /**
   * Takes a request in hand until its answer has gone out.
   * @returns why it is turned away (503), undefined where it is not
   */
  refusal(request: IncomingMessage, response: ServerResponse): ProblemError | undefined {
    if (EXEMPT.test(request.url ?? '')) return undefined;
    if (this.#closed) return stopping();
    const bytes = this.#bytesOf(request);
    this.#pace.arrived();
    const { requests, waitMs } = this.ceiling;
    if (this.#requests >= requests || this.#pace.delay > waitMs || !this.#hasRoomFor(bytes))
      return this.#turnAway();
    const ticket: Ticket = { bytes, isInHand: false, holders: 1 };
    this.#tickets.set(request, ticket);
    if (bytes === 0) this.#takeInHand(request, ticket);
    else this.#arriving.add(request, bytes);
    response.once('close', () => {
      this.#arriving.remove(request);
      this.#inHand.delete(request.socket);
      this.#release(ticket);
    });
    return undefined;
  }

  /**
   * To be called once the body of a request is there.
   * @returns why it is turned away (503), undefined where it is not
   */
  arrived(request: IncomingMessage): ProblemError | undefined {
    const ticket = this.#tickets.get(request);
    if (ticket === undefined || !this.#arriving.remove(request)) return undefined;
    if (this.#requests >= this.ceiling.requests) return this.#turnAway();
    this.#takeInHand(request, ticket);
    return undefined;
  }

  #hasRoomFor(bytes: number): boolean {
    const room = this.ceiling.bodyBytes - this.#bytes - bytes;
    return room >= 0 && (this.#arriving.count === 0 || this.#arriving.reduceTo(room));
  }

  #takeInHand({ socket }: IncomingMessage, ticket: Ticket): void {
    ticket.isInHand = true;
    this.#inHand.add(socket);
    this.#requests += 1;
    this.#bytes += ticket.bytes;
  }

  #turnAway(): ProblemError {
    this.#turnedAway += 1;
    return overloaded();
  }

  /** Whether a request of this connection is in hand. */
  isInHand(socket: Socket): boolean {
    return this.#inHand.has(socket);
  }

  /** Calls `start` when it is the request's turn: at once where no other waits, and for health. */
  inTurn(request: IncomingMessage, start: () => void): void {
    if (this.#tickets.has(request)) this.#pace.wait(start);
    else start();
  }

  /** Keeps a request in hand while its handler works, even where its caller has hung up. */
  async during<T>(request: IncomingMessage, work: () => Promise<T>): Promise<T> {
    const ticket = this.#tickets.get(request);
    if (ticket === undefined) return work();
    ticket.holders += 1;
    try {
      return await work();
    } finally {
      this.#release(ticket);
    }
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** What declares more than is ever read is refused for that, unread. */
  #bytesOf({ headers }: IncomingMessage): number {
    const declared = headers['content-length'];
    if (declared === undefined) return headers['transfer-encoding'] === undefined ? 0 : LARGEST_BODY;
    return Number(declared) > LARGEST_BODY ? 0 : Number(declared);
  }

  #release(ticket: Ticket): void {
    ticket.holders -= 1;
    if (ticket.holders > 0 || !ticket.isInHand) return;
    this.#requests -= 1;
    this.#bytes -= ticket.bytes;
  }
}

function overloaded(): ProblemError {
  return new ProblemError({
    status: 503,
    code: OVERLOADED,
    detail: 'More is being asked of this service than it can bear; nothing of this request was kept.',
    remedy: `Send the same request again after ${RETRY_AFTER_SECONDS} seconds, and fewer at once.`,
  });
}

function stopping(): ProblemError {
  return new ProblemError({
    status: 503,
    code: 'stopping',
    detail: 'This process is about to end; nothing of this request was read.',
    remedy: `Send the same request again after ${RETRY_AFTER_SECONDS} seconds.`,
  });
}
