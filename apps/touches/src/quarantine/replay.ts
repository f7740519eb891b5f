import type { Spill } from '@throughline/relay';
import { formatAfter, furthest, ProblemError, type After } from '@throughline/service';
import { NO_TRACE } from '@throughline/telemetry';
import { placeOf, type IntakeContext } from '../intake/intake.ts';
import { judge } from '../intake/judge.ts';
import type { Quarantine, QuarantineState } from './quarantine.ts';

export interface Replayed {
  readonly quarantine: string;
  readonly events: readonly string[];
  readonly after: string;
}

/** Gives what is in quarantine another try, by the rules of today, and takes out what will never be good. */
export class Replay {
  constructor(
    private readonly quarantine: Quarantine,
    private readonly spill: Spill,
    private readonly context: IntakeContext,
  ) {}

  /**
   * Reads the kept bytes again; good now, they go the way of any fact, recorded as of now, in their own trace.
   * All events of one item are taken, or none. Two replays at once repeat the events, which readers drop by id.
   * @throws ProblemError 404, 409 when it does not wait any more, 422 when it is still not good
   */
  async replay(id: string): Promise<Replayed> {
    const kept = await this.quarantine.show(id);
    if (kept === null) throw unknown(id);
    if (kept.state !== 'waiting') throw settled(id, kept.state);
    const recordedAt = this.context.now().toISOString();
    const { traceparent = null, tracestate = null } = kept.headers;
    const trace = traceparent === null ? NO_TRACE : { traceparent, tracestate };
    const judged = await judge(kept.headers, kept.raw, { ...this.context, recordedAt, trace });
    for (const item of judged) {
      if (!('refused' in item)) continue;
      const { code, field, reason, remedy } = item.refused;
      await this.quarantine.markStillBad(id, item.refused);
      throw new ProblemError({
        status: 422,
        code,
        detail: reason,
        ...(field === null ? {} : { field }),
        remedy,
      });
    }
    const events = judged.flatMap((item) => ('event' in item ? [item.event] : []));
    const receipts = await this.spill.send(events);
    const ids = events.map((event) => event.id);
    await this.quarantine.markReplayed(id, recordedAt, ids);
    const places: After[] = events.map((event, index) => placeOf(event, receipts[index]));
    return { quarantine: id, events: ids, after: formatAfter(furthest(places)) };
  }

  /** @throws ProblemError 404, 409 when it does not wait any more */
  async discard(id: string, reason: string): Promise<void> {
    if (await this.quarantine.discard(id, this.context.now().toISOString(), reason)) return;
    const kept = await this.quarantine.show(id);
    throw kept === null ? unknown(id) : settled(id, kept.state);
  }
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
