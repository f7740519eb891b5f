import type { IncomingMessage } from 'node:http';

/** Until then a body counts by the length that its head declares: most are there at once. */
const PROMPT_MS = 250;

/** From then on a body that is not whole may be ended where others need its room. */
const SLOW_MS = 1_000;

/** What may have come together with the head: the most that is read from a connection at once. */
const FIRST_READ = 65_536;

interface Body {
  readonly declared: number;
  readonly since: number;
  readonly bytesReadBefore: number;
  readonly peer: string;
}

/**
 * The bodies that have not arrived whole. They are not in hand: a caller who sends slowly, or not at all, holds no place
 * that another needs.
 * - A body counts by its declared length for a moment, then by what has come of it.
 * - Where room is needed, those that have been slow are ended, first of the peer with most bytes under way.
 */
export class ArrivingBodies {
  /** oldest first */
  readonly #bodies = new Map<IncomingMessage, Body>();

  /** @param end answers a caller whose body is no longer waited for, and ends the connection */
  constructor(
    private readonly end: (request: IncomingMessage) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get count(): number {
    return this.#bodies.size;
  }

  add(request: IncomingMessage, declared: number): void {
    const { bytesRead, remoteAddress = '' } = request.socket;
    const came = Math.min(declared, FIRST_READ);
    this.#bodies.set(request, {
      declared,
      since: this.now(),
      bytesReadBefore: bytesRead - came,
      peer: remoteAddress,
    });
  }

  /** @returns whether it was on its way */
  remove(request: IncomingMessage): boolean {
    return this.#bodies.delete(request);
  }

  /** Bytes that are reserved for what is on its way. */
  bytes(): number {
    let sum = 0;
    for (const [request, body] of this.#bodies) sum += this.#bytesOf(request, body);
    return sum;
  }

  /**
   * Ends slow bodies until at most so many bytes are on their way.
   * @returns whether that was enough
   */
  reduceTo(most: number): boolean {
    let sum = this.bytes();
    while (sum > most) {
      const slow = this.#oldestSlow();
      if (slow === undefined) return false;
      const [request, body] = slow;
      sum -= this.#bytesOf(request, body);
      this.#bodies.delete(request);
      this.end(request);
    }
    return true;
  }

  #oldestSlow(): [IncomingMessage, Body] | undefined {
    const slow = [...this.#bodies].filter(([, { since }]) => this.now() - since > SLOW_MS);
    const byPeer = new Map<string, number>();
    for (const [request, body] of slow)
      byPeer.set(body.peer, (byPeer.get(body.peer) ?? 0) + this.#bytesOf(request, body));
    const [largest] = [...byPeer].sort((a, b) => b[1] - a[1])[0] ?? [];
    return slow.find(([, { peer }]) => peer === largest);
  }

  #bytesOf({ socket }: IncomingMessage, { declared, since, bytesReadBefore }: Body): number {
    if (this.now() - since <= PROMPT_MS) return declared;
    return Math.min(declared, socket.bytesRead - bytesReadBefore);
  }
}
