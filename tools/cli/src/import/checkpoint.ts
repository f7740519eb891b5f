import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localRoot, type Sendable } from '@throughline/client';
import type { RefusedRow } from './csv.ts';

export interface Reached {
  /** how many of the list are durable or refused at their doors */
  readonly done: number;
  /** those of them that were refused, so that the list of refused rows is whole after an interruption too */
  readonly refused: RefusedRow[];
}

/**
 * How far the delivery of a list got, by the list's own content: another list, or another installation, begins
 * anew. A note that was cut short by a kill counts as none, since to send an item again changes nothing.
 */
export class Checkpoint {
  readonly #folder: string;
  readonly #path: string;

  constructor(folder: string | undefined, target: string, sends: readonly Sendable[]) {
    const hash = createHash('sha256').update(target);
    for (const send of sends) hash.update(JSON.stringify(send));
    const list = hash.digest('hex');
    this.#folder = join(folder ?? localRoot, 'imports');
    this.#path = join(this.#folder, list.slice(0, 32));
  }

  read(): Reached {
    try {
      const note = JSON.parse(readFileSync(this.#path, 'utf8')) as Partial<Reached>;
      return { done: note.done ?? 0, refused: note.refused ?? [] };
    } catch {
      return { done: 0, refused: [] };
    }
  }

  write(reached: Reached): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#path, JSON.stringify(reached));
  }

  clear(): void {
    rmSync(this.#path, { force: true });
  }
}
