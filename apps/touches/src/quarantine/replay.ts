import type { Queryable } from '@throughline/postgres';
import type { Spill } from '@throughline/relay';
import { ProblemError } from '@throughline/service';
import { NO_TRACE } from '@throughline/telemetry';
import { afterAll } from '../intake/answers.ts';
import { placeOf, type IntakeContext } from '../intake/intake.ts';
import { judge, type Refused } from '../intake/judge.ts';
import type { Kept, Quarantine, QuarantineState } from './quarantine.ts';

export interface Replayed {
  readonly quarantine: string;
  readonly events: readonly string[];
  /** null where it would name more places than a query takes */
  readonly after: string | null;
}

type Tried = { readonly replayed: Replayed } | { readonly refused: Refused };

/**
 * Gives what is in quarantine another try, by the rules of today, and takes out what will never be good.
 * - An item is held while its events go to the log: a discard or another replay meanwhile is told 409, so that none
 *   is discarded whose events were taken.
 * - One replay at a time: each holds a connection and needs another to send, and many at once would wait for each other.
 */
export class Replay {
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly quarantine: Quarantine,
    private readonly spill: Spill,
    private readonly context: IntakeContext,
  ) {}

  /**
   * Reads the kept bytes again; good now, they go the way of any fact, recorded as of now, in their own trace.
   * All events of one item are taken, or none. Where it fails midway it waits still: another replay repeats the
   * events, which readers drop by id.
   * @throws ProblemError 404, 409 when it does not wait any more or is held, 422 when it is still not good
   */
  async replay(id: string): Promise<Replayed> {
    const tried = await this.inTurn(() => this.quarantine.hold(id, (tx, kept) => this.try(tx, kept)));
    if (tried === null) throw await this.whyNot(id);
    if ('replayed' in tried) return tried.replayed;
    const { code, field, reason, remedy } = tried.refused;
    const named = field === null ? {} : { field };
    throw new ProblemError({ status: 422, code, detail: reason, ...named, remedy });
  }

  /** @throws ProblemError 404, 409 when it does not wait any more or is being replayed */
  async discard(id: string, reason: string): Promise<void> {
    if (await this.quarantine.discard(id, this.context.now().toISOString(), reason)) return;
    throw await this.whyNot(id);
  }

  private async try(tx: Queryable, kept: Kept): Promise<Tried> {
    const recordedAt = this.context.now().toISOString();
    const { traceparent = null, tracestate = null } = kept.headers;
    const trace = traceparent === null ? NO_TRACE : { traceparent, tracestate };
    const judged = await judge(kept.headers, kept.raw, { ...this.context, recordedAt, trace });
    const refused = judged.find((item) => 'refused' in item)?.refused ?? emptyOf(kept, judged.length);
    if (refused !== null) {
      await this.quarantine.markStillBad(tx, kept.id, refused);
      return { refused };
    }
    const events = judged.flatMap((item) => ('event' in item ? [item.event] : []));
    const receipts = await this.spill.send(events);
    const ids = events.map((event) => event.id);
    await this.quarantine.markReplayed(tx, kept.id, recordedAt, ids);
    const after = afterAll(events.map((event, index) => placeOf(event, receipts[index])));
    return { replayed: { quarantine: kept.id, events: ids, after } };
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  private async whyNot(id: string): Promise<ProblemError> {
    const kept = await this.quarantine.show(id);
    if (kept === null) return unknown(id);
    return kept.state === 'waiting' ? inHand(id) : settled(id, kept.state);
  }
}

/** A batch of none has nothing to take: it is not good for that. */
function emptyOf({ raw, headers }: Kept, events: number): Refused | null {
  if (events > 0) return null;
  const remedy = 'Discard it; there is nothing to take.';
  return { raw, headers, code: 'empty-body', field: null, reason: 'it holds no event', remedy };
}

/** @returns 404 of an id that quarantine does not know */
export function unknown(id: string): ProblemError {
  return new ProblemError({
    status: 404,
    code: 'unknown-quarantine',
    detail: `Nothing in quarantine has the id ${id}.`,
    remedy: 'GET /v1/quarantine?state=all lists what has.',
  });
}

function settled(id: string, state: QuarantineState): ProblemError {
  return new ProblemError({
    status: 409,
    code: `already-${state}`,
    detail: `${id} was ${state} already.`,
    remedy: 'Leave it as it is; what comes anew is sent to the door.',
  });
}

function inHand(id: string): ProblemError {
  return new ProblemError({
    status: 409,
    code: 'in-hand',
    detail: `${id} is being replayed or discarded at this moment.`,
    remedy: 'Look at it again in a few seconds: GET /v1/quarantine/{id} says what became of it.',
  });
}
