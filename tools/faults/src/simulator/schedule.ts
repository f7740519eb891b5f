import { setImmediate as breath, setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { Actor, Crashed } from './actor.ts';
import { blocked, connectionsOf, cut, timeOut, type Connection } from './connections.ts';
import { fits, lostConnection, unanswered, type Fault, type Step } from './step.ts';

/** Lets one actor make so many steps in a row. Both numbers are taken modulo what there is. */
export interface Turn {
  readonly who: number;
  readonly steps: number;
}

type Asked = Pick<Step, 'label' | 'connection' | 'records' | 'perform'>;

const LONGEST_STILL_MS = 20_000;
/** How long a statement may take before it is asked whether it waits for a lock. */
const PATIENCE_MS = 4;
const LOG_AWAY_SENDS = 4;
const JUMP_MS = 3_600_000;
/** Appends of a group wait 50 ms for a lock. */
const GIVES_UP = /append_event/;
const GIVEN_UP_MS = 100;
/** Nobody waits any more for what lands late. */
const LATE = { resolve: () => undefined, reject: () => undefined };

/**
 * Decides who makes the next step, and what goes wrong at it.
 * - One step happens at a time, and the next is chosen when all that follows from it has come to rest: at a step of
 *   its own, at an end, or at a lock of the database that another actor holds. So a run depends on turns and faults only.
 * - A crash ends an actor's connections with whatever they had not committed; its code does nothing any more.
 * - The clock moves one millisecond a step.
 */
export class Schedule {
  /** what happened, a line a step */
  readonly story: string[] = [];
  /** names of the actors that something went wrong for */
  readonly struck = new Set<string>();
  /** milliseconds of the scheduled clock */
  now = 0;
  /** a connection of the schedule's own: who waits, who is to end */
  readonly admin: pg.ClientBase;
  readonly #turns: Turn[];
  readonly #faults: Fault[];
  #waiting: Step[] = [];
  readonly #inHand = new Map<Promise<void>, Step>();
  readonly #blocked = new Set<Step>();
  readonly #begun = new WeakMap<Step, number>();
  #busy = 0;
  #awayFor = 0;
  #arrivals = 0;
  #turn: { actor: Actor | null; steps: number } = { actor: null, steps: 0 };
  #rested = 0;
  /** what an actor waited for in vain, and will once more: whoever holds a lock for long is met again */
  readonly #heldUp = new Map<Actor, string>();
  readonly #network = new Actor('network', this);

  constructor(admin: pg.ClientBase, turns: readonly Turn[], faults: readonly Fault[]) {
    this.admin = admin;
    this.#turns = [...turns];
    this.#faults = faults.toSorted((a, b) => a.at - b.at);
  }

  /** An actor is about to do something; resolves with its answer once it was let and has been done. */
  arrive(actor: Actor, asked: Asked): Promise<unknown> {
    if (!actor.alive) return Promise.reject(new Crashed(`${actor.name} has crashed`));
    this.#arrivals += 1;
    return new Promise((resolve, reject) => this.#waiting.push({ actor, ...asked, resolve, reject }));
  }

  /** Something goes on that is no step; the schedule waits for it. @returns what says that it has ended */
  busy(): () => void {
    this.#busy += 1;
    let open = true;
    return () => {
      if (open) this.#busy -= 1;
      open = false;
    };
  }

  /** Runs until nobody has anything left to do. @throws when something stands still for 20 s */
  async run(ended: () => boolean): Promise<void> {
    for (let still = performance.now(); ;) {
      await this.#settle();
      const step = this.#choose();
      if (step) {
        still = performance.now();
        this.#begin(step);
      } else if (this.#inHand.size === 0 && ended()) return;
      else if (performance.now() - still > LONGEST_STILL_MS) {
        throw new Error(`I7 nobody moves: ${this.#labels()}`);
      }
    }
  }

  /** Until every step in hand has ended or waits for a lock, and nothing follows from it any more. */
  async #settle(): Promise<void> {
    const began = performance.now();
    for (let before = -1; before !== this.#arrivals || this.#busy > 0;) {
      before = this.#arrivals;
      if (performance.now() - began > LONGEST_STILL_MS)
        throw new Error(`I7 this takes for ever: ${this.#labels()}`);
      await breath();
      await breath();
      const open = () => [...this.#inHand].filter(([, step]) => !this.#blocked.has(step));
      if (open().length === 0 && this.#blocked.size === 0) continue;
      if (open().length > 0) await soon(open().map(([done]) => done));
      if (this.#inHand.size > 0) await this.#askWhoWaits();
      if (open().length > 0) before = -1;
    }
  }

  #labels(): string {
    const labels = [...this.#inHand.values()].map(({ actor, label }) => `${actor.name}: ${label}`);
    return labels.join('; ') || 'somebody waits for what is no step';
  }

  async #askWhoWaits(): Promise<void> {
    const steps = [...this.#inHand.values()].filter(({ connection }) => connection);
    const connections = steps.map(({ connection }) => connection as Connection);
    const waiting = connections.length > 0 ? await blocked(this.admin, connections) : new Set<Connection>();
    for (const step of steps) {
      if (step.connection && waiting.has(step.connection) && !this.#givesUpSoon(step))
        this.#blocked.add(step);
      else this.#blocked.delete(step);
    }
  }

  /** A wait that ends by itself is waited for, or the machine's clock would have a say. */
  #givesUpSoon(step: Step): boolean {
    return GIVES_UP.test(step.label) && performance.now() - (this.#begun.get(step) ?? 0) < GIVEN_UP_MS;
  }

  #choose(): Step | undefined {
    if (this.#waiting.length === 0) return undefined;
    const mine =
      this.#turn.steps > 0 ? this.#waiting.findIndex(({ actor }) => actor === this.#turn.actor) : -1;
    if (mine === -1) {
      const actors = [...new Set(this.#waiting.map(({ actor }) => actor))].sort((a, b) =>
        a.name < b.name ? -1 : 1,
      );
      const turn = this.#turns.shift() ?? { who: (this.#rested += 1), steps: 5 };
      this.#turn = { actor: actors[turn.who % actors.length] ?? null, steps: Math.max(1, turn.steps) };
    }
    this.#turn.steps -= 1;
    const at = this.#waiting.findIndex(({ actor }) => actor === this.#turn.actor);
    return this.#waiting.splice(at, 1)[0];
  }

  #begin(step: Step): void {
    this.now += 1;
    this.#begun.set(step, performance.now());
    const at = this.#faults.findIndex((fault) => fault.at <= this.story.length && fits(fault.what, step));
    const fault = at === -1 ? this.#metAgain(step) : this.#faults.splice(at, 1)[0];
    if (fault) this.struck.add(step.actor.name);
    this.story.push(
      `${this.story.length} ${step.actor.name}: ${step.label}${fault ? ` [${fault.what}]` : ''}`,
    );
    const done: Promise<void> = this.#perform(step, fault).finally(() => {
      this.#inHand.delete(done);
      this.#blocked.delete(step);
      this.#arrivals += 1;
    });
    this.#inHand.set(done, step);
  }

  #metAgain({ actor, label }: Step): Fault | undefined {
    if (this.#heldUp.get(actor) !== label) return undefined;
    return { at: this.story.length, what: 'time out' };
  }

  async #perform(step: Step, fault: Fault | undefined): Promise<void> {
    const { connection, records } = step;
    const answered = () => step.perform().then(step.resolve, step.reject);
    if (records && this.#awayFor > 0) {
      this.#awayFor -= 1;
      return step.reject(unanswered(step));
    }
    switch (fault?.what) {
      case undefined:
        return answered();
      case 'crash before':
        step.reject(new Crashed(`${step.actor.name} has crashed`));
        return this.#crash(step.actor);
      case 'crash after':
        await step.perform().catch(() => undefined);
        step.reject(new Crashed(`${step.actor.name} has crashed`));
        return this.#crash(step.actor);
      case 'cut before':
      case 'lose the commit':
        await cut(this.admin, connection ? [connection] : []);
        return answered();
      case 'cut after':
        await step.perform().catch(() => undefined);
        await cut(this.admin, connection ? [connection] : []);
        return step.reject(lostConnection());
      case 'time out':
        if (!this.#heldUp.delete(step.actor)) this.#heldUp.set(step.actor, step.label);
        return timeOut(connection).catch(step.reject);
      case 'cut another': {
        const others = connectionsOf(step.actor).filter((it) => it !== connection);
        await cut(this.admin, others);
        return answered();
      }
      case 'jump':
        this.now += JUMP_MS;
        return answered();
      case 'log away':
        this.#awayFor = LOG_AWAY_SENDS;
        return step.reject(unanswered(step));
      case 'refuse':
        return step.reject(unanswered(step));
      case 'lose the answer':
        await step.perform();
        return step.reject(unanswered(step));
      case 'store half':
        await step.perform(records?.all.slice(0, Math.floor(records.all.length / 2)));
        return step.reject(unanswered(step));
      case 'land late':
        this.#waiting.push({ ...step, ...LATE, actor: this.#network, label: `late ${step.label}` });
        return step.reject(unanswered(step));
    }
  }

  /** Gives a run up: nobody does anything any more. */
  async abandon(): Promise<void> {
    for (const actor of new Set([...this.#waiting, ...this.#inHand.values()].map((step) => step.actor))) {
      await this.#crash(actor);
    }
  }

  async #crash(actor: Actor): Promise<void> {
    actor.alive = false;
    const lost = this.#waiting.filter((step) => step.actor === actor);
    this.#waiting = this.#waiting.filter((step) => step.actor !== actor);
    for (const step of lost) step.reject(new Crashed(`${actor.name} has crashed`));
    await cut(this.admin, connectionsOf(actor));
  }
}

/** When the first of these has ended, or patience has. */
async function soon(done: readonly Promise<void>[]): Promise<void> {
  const enough = new AbortController();
  const { signal } = enough;
  await Promise.race([...done, pause(PATIENCE_MS, undefined, { signal }).catch(() => undefined)]);
  enough.abort();
}
