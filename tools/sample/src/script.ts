import type { Sendable } from '@throughline/client';

const MINUTE = 60_000;

export const SAMPLE_SOURCE = 'urn:throughline:sample';

/** A script's clock and its list of things to send, in the order they happen. */
export class Script {
  readonly sends: Sendable[] = [];
  #now: number;

  constructor(
    readonly id: string,
    start: string,
  ) {
    this.#now = Date.parse(start);
  }

  get now(): string {
    return new Date(this.#now).toISOString();
  }

  wait(amount: { days?: number; hours?: number; minutes?: number }): this {
    this.#now += ((amount.days ?? 0) * 24 * 60 + (amount.hours ?? 0) * 60 + (amount.minutes ?? 0)) * MINUTE;
    return this;
  }

  /** Id of what was sent last. */
  get lastId(): string {
    return `sample:${this.id}:${this.sends.length}`;
  }

  fact(name: string, data: object): this {
    return this.#add({ kind: 'fact', name, id: this.#nextId(), data });
  }

  lead(command: string, on: string, data: object): this {
    return this.#add({ kind: 'command', service: 'leads', command, on, commandId: this.#nextId(), data });
  }

  opportunity(command: string, on: string, data: object): this {
    return this.#add({
      kind: 'command',
      service: 'opportunities',
      command,
      on,
      commandId: this.#nextId(),
      data,
    });
  }

  #nextId(): string {
    return `sample:${this.id}:${this.sends.length + 1}`;
  }

  #add(send: DistributiveOmit<Sendable, 'source' | 'occurredAt' | 'precision' | 'inferred'>): this {
    this.sends.push({
      ...send,
      source: SAMPLE_SOURCE,
      occurredAt: this.now,
      precision: 'instant',
      inferred: [],
    });
    this.wait({ minutes: 1 });
    return this;
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
