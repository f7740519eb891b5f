import { ContractError } from '@throughline/contracts';
import { DomainError } from '@throughline/decider';
import {
  EventStore,
  IdempotencyConflict,
  StreamBusy,
  WrongVersion,
  type CommandMeta,
} from '@throughline/event-store';
import { capture, fixture, fixtureMeta, followUp } from '@throughline/event-store/testing';
import { isInfrastructure } from '@throughline/postgres';
import { Relay, Spill } from '@throughline/relay';
import { factOf } from './facts.ts';
import type { Attempt, Journal } from './journal.ts';
import type { Plan, PlannedCommand, PlannedFact } from './plan.ts';
import type { World } from './world.ts';

/** A process that comes up again after a crash and goes on with what it has left to do. */
export interface Participant {
  readonly name: string;
  /** one life, from fresh objects */
  live(isAlive: () => boolean): Promise<void>;
}

export interface Scene {
  readonly world: World;
  readonly journal: Journal;
}

/** How the caller of a service learns what became of a call: nothing from one that has crashed. */
type Judged = 'ok' | 'failed' | 'unknown';

const SPILL = { timeoutMs: 3_600_000, cap: 12 };

/** A service that decides: its clients send commands, and send one again when they cannot tell what became of it. */
export function decider(scene: Scene, index: number, planned: Plan['deciders'][number]): Participant {
  const left = planned.commands.map((command, n) => ({ command, n, triesLeft: 2 }));
  return {
    name: `decider ${index}`,
    async live(isAlive) {
      const store = new EventStore(scene.world.database);
      const client = async () => {
        for (let call = left.shift(); call && isAlive(); call = left.shift()) {
          const source = call.command.again === null ? call.n : Math.max(0, call.n - call.command.again);
          const odd = (call.command.again ?? 0) % 2 === 1;
          const command = odd ? (planned.commands[source] ?? call.command) : call.command;
          const { attempt, result } = perform(scene, store, command, `${index}-${source}`, call.n);
          attempt.outcome = await judged(scene.journal, result, isAlive);
          if (attempt.outcome === 'unknown' && (call.triesLeft -= 1) > 0) left.unshift(call);
        }
      };
      await Promise.all(Array.from({ length: planned.atOnce }, client));
    },
  };
}

function perform(
  { world, journal }: Scene,
  store: EventStore,
  planned: PlannedCommand,
  id: string,
  n: number,
): { attempt: Attempt; result: Promise<unknown> } {
  const stream = `lead-${planned.lead}`;
  const meta = fixtureMeta({
    commandId: `command-${id}`,
    occurredAt: `2026-03-01T09:30:0${n}.450Z`,
    precision: n % 2 === 0 ? 'instant' : 'day',
    ...(planned.expected === null ? {} : { expected: planned.expected }),
  }) as CommandMeta & { commandId: string };
  const attempt = journal.command(meta.commandId, meta);
  const command = planned.does === 'capture' ? capture : followUp(...planned.outcomes);
  const appendToTwo = (fail: boolean) =>
    world.database.transaction(async (tx) => {
      const appended = await store.append(tx, toTwo(planned), meta);
      if (fail) throw new DomainError('not-captured', 'Rolled back on purpose.');
      attempt.events = appended.events;
    });
  switch (planned.does) {
    case 'capture':
    case 'follow up':
      return {
        attempt,
        result: store.handle({ ...fixture, stream, command, meta }).then(({ events }) => {
          attempt.events = events.map((event) => ({ ...event, stream }));
        }),
      };
    case 'append to two':
      return { attempt, result: appendToTwo(false) };
    case 'roll back':
      return { attempt, result: appendToTwo(true) };
    case 'reemit':
      return {
        attempt,
        result: store.reemit(stream).then(() => Promise.reject(new DomainError('reemitted', 'No event.'))),
      };
  }
}

function toTwo({ lead, outcomes }: PlannedCommand) {
  const [outcome = 'agreed'] = outcomes;
  return [`lead-${(lead + 1) % 3}`, `lead-${lead}`].map((stream) => ({
    stream,
    expected: 'any' as const,
    events: [
      {
        name: 'lead.followed-up' as const,
        data: { lead: stream, touchType: 'call-connected', outcome, by: 'ada' },
        occurredAt: null,
        precision: 'unknown' as const,
        inferred: [],
      },
    ],
  }));
}

/** The door for facts: two requests at once, each sent again when it was not answered. */
export function door(scene: Scene, requests: Plan['requests']): Participant {
  const left = requests.map((facts) => ({ facts, triesLeft: 2 }));
  return {
    name: 'door',
    async live(isAlive) {
      const spill = new Spill(scene.world.database, scene.world.log(), SPILL);
      const client = async () => {
        for (let request = left.shift(); request && isAlive(); request = left.shift()) {
          const outcome = await send(scene, spill, request.facts, isAlive);
          if (outcome === 'unknown' && (request.triesLeft -= 1) > 0) left.unshift(request);
        }
      };
      await Promise.all([client(), client()]);
    },
  };
}

async function send(
  { journal }: Scene,
  spill: Spill,
  facts: readonly PlannedFact[],
  isAlive: () => boolean,
): Promise<Judged> {
  const sent = facts.map((fact) => journal.fact(factOf(fact)));
  const outcome = await judged(journal, spill.send(sent.map(({ event }) => event)), isAlive);
  for (const fact of sent) fact.outcome = outcome;
  return outcome;
}

/** Moves the outbox for some rounds, as the loop of a process does. */
export function relay(
  { world, journal }: Scene,
  index: number,
  planned: Plan['relays'][number],
): Participant {
  let left = planned.rounds;
  return {
    name: `relay ${index}`,
    async live(isAlive) {
      const moving = new Relay(world.database, world.log(), { batchSize: planned.batch });
      while (left > 0 && isAlive()) {
        left -= 1;
        await judged(journal, moving.drain(), isAlive);
      }
      if (isAlive()) await moving.stop();
    },
  };
}

/** @returns ok or failed only when a living process said so; anything that must not be said is a defect */
export async function judged(
  journal: Journal,
  result: Promise<unknown>,
  isAlive: () => boolean,
): Promise<Judged> {
  try {
    await result;
    return isAlive() ? 'ok' : 'unknown';
  } catch (error) {
    if (!isAlive()) return 'unknown';
    if (isRefusal(error)) return 'failed';
    const text =
      error instanceof Error ? `${error.name}: ${error.message} ${String(error.cause ?? '')}` : String(error);
    if (!isInfrastructure(error) || /deadlock detected/.test(text))
      journal.defects.push(`I7 a call threw ${text}`);
    return 'unknown';
  }
}

function isRefusal(error: unknown): boolean {
  const refusals = [DomainError, ContractError, WrongVersion, IdempotencyConflict, StreamBusy];
  return refusals.some((it) => error instanceof it);
}
