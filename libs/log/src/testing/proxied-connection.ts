import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What may be wrong with connections. Times in milliseconds, shares from 0 to 1. */
export interface Toxics {
  /** before each piece of a reply */
  readonly latency?: number;
  /** up to so much more or less than the latency */
  readonly jitter?: number;
  /** bytes a second, each way */
  readonly bandwidth?: number;
  /** replies come in pieces of at most so many bytes */
  readonly slice?: number;
  /** nothing is carried, either way, and nothing is closed */
  readonly halfOpen?: boolean;
  /** share of the replies whose connection ends after their first byte */
  readonly cutReplies?: number;
  /** Ends the connection at requests that hold a text: before they arrive, or once their reply has begun. */
  readonly cutAt?: { readonly text: string; readonly when: 'before' | 'replied'; readonly share: number };
}

export interface Watch {
  readonly text: Buffer;
  readonly seen: () => void;
}

interface Surroundings {
  readonly toxics: () => Toxics;
  readonly watches: ReadonlySet<Watch>;
  readonly random: () => number;
}

/** One connection through a proxy: two sockets, and what is carried between them, in order and with back-pressure. */
export class ProxiedConnection {
  readonly ended: Promise<unknown>;
  private silent: 'no' | 'replies' | 'both' = 'no';
  private cutAtReply = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly around: Surroundings,
  ) {
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => this.cut());
    }
    const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));
    this.ended = Promise.all([closed(client), closed(server)]);
    void this.carry(client, server, (piece) => this.request(piece));
    void this.carry(server, client, (piece) => this.reply(piece));
  }

  get isSilent(): boolean {
    return this.silent !== 'no';
  }

  silence(which: 'replies' | 'both'): void {
    this.silent = which;
  }

  cut(): void {
    this.client.destroy();
    this.server.destroy();
  }

  private async carry(
    from: Socket,
    to: Socket,
    through: (piece: Buffer) => Promise<Buffer[]>,
  ): Promise<void> {
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        for (const part of await through(piece)) {
          await this.slowly(part);
          if (!to.write(part)) await Promise.race([once(to, 'drain'), this.ended]);
        }
      }
      to.end();
    } catch {
      this.cut();
    }
  }

  private async request(piece: Buffer): Promise<Buffer[]> {
    for (const { text, seen } of this.around.watches) if (piece.includes(text)) seen();
    const { cutAt } = this.around.toxics();
    if (cutAt && piece.includes(cutAt.text) && this.around.random() < cutAt.share) {
      if (cutAt.when === 'before') throw new Error('cut before the request');
      this.cutAtReply = true;
    }
    return this.isStill('both') ? [] : [piece];
  }

  private async reply(piece: Buffer): Promise<Buffer[]> {
    const { latency = 0, jitter = 0, slice = piece.length, cutReplies = 0 } = this.around.toxics();
    const wait = latency + jitter * (2 * this.around.random() - 1);
    if (wait > 0) await pause(wait);
    if (this.isStill('replies')) return [];
    if (this.cutAtReply || (cutReplies > 0 && this.around.random() < cutReplies)) {
      this.client.write(piece.subarray(0, 1), () => this.cut());
      return [];
    }
    const parts: Buffer[] = [];
    for (let at = 0; at < piece.length; at += slice) parts.push(piece.subarray(at, at + slice));
    return parts;
  }

  private async slowly(part: Buffer): Promise<void> {
    const { bandwidth } = this.around.toxics();
    if (bandwidth !== undefined) await pause((1_000 * part.length) / bandwidth);
  }

  /** What was not carried is missing for ever, so a connection that was silent once stays so. */
  private isStill(direction: 'replies' | 'both'): boolean {
    if (this.around.toxics().halfOpen) this.silent = 'both';
    return this.silent === 'both' || this.silent === direction;
  }
}
