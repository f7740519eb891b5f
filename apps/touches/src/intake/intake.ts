import type { HttpHeaders, JourneyEvent } from '@throughline/contracts';
import type { Receipt, Spill } from '@throughline/relay';
import type { After } from '@throughline/service';
import type { Telemetry, TraceContext } from '@throughline/telemetry';
import type { Quarantine } from '../quarantine/quarantine.ts';
import type { DoorCount } from './door-count.ts';
import { judge, refuseWhole, type Judged, type Refused, type Why } from './judge.ts';

/** What became of one item. */
export type Taken =
  | { readonly id: string; readonly place: After }
  | { readonly quarantine: string; readonly refused: Refused }
  /** the quarantine has no room for it: it is kept nowhere */
  | { readonly quarantine: null; readonly refused: Refused };

export interface IntakeContext {
  readonly telemetry: Telemetry;
  readonly now: () => Date;
  /** makes ids of events that came without one, and of quarantined items */
  readonly newId: () => string;
}

/**
 * The door for facts.
 * - I1: an item is answered as taken only when it is durable in the log or the outbox, and as quarantined only when
 *   its bytes are in the database. Otherwise the whole request fails, and may be sent again: events repeat, and
 *   readers drop repeats by id.
 * - Where the quarantine has no room, an item that cannot be taken is refused (507), and nothing beside it is.
 * - I6: every item of every answered request is counted once, as accepted, quarantined or refused.
 */
export class Intake {
  constructor(
    private readonly spill: Spill,
    private readonly quarantine: Quarantine,
    private readonly count: DoorCount,
    private readonly context: IntakeContext,
  ) {}

  /**
   * Takes the events of one request.
   * @returns one result an item, in order
   * @throws when they can be made durable nowhere at the moment (503)
   */
  async take(headers: HttpHeaders, body: Buffer, trace: TraceContext): Promise<readonly Taken[]> {
    const recordedAt = this.context.now().toISOString();
    return this.storeCounted(await judge(headers, body, { ...this.context, recordedAt, trace }), recordedAt);
  }

  /** Keeps a request that its route refuses before its body is read. @throws when it cannot be kept (503) */
  refuse(headers: HttpHeaders, body: Buffer, trace: TraceContext, why: Why): Promise<readonly Taken[]> {
    return this.storeCounted([refuseWhole(headers, body, trace, why)], this.context.now().toISOString());
  }

  newId(): string {
    return this.context.newId();
  }

  private async storeCounted(judged: readonly Judged[], recordedAt: string): Promise<readonly Taken[]> {
    try {
      return await this.store(judged, recordedAt);
    } catch (error) {
      void this.count.add({ received: judged.length, refused: judged.length });
      throw error;
    }
  }

  /** The log first: were it the other way, a request sent again would be in quarantine twice. */
  private async store(judged: readonly Judged[], recordedAt: string): Promise<readonly Taken[]> {
    const events = judged.flatMap((item) => ('event' in item ? [item.event] : []));
    const refused = judged.flatMap((item) => ('refused' in item ? [item.refused] : []));
    const receipts = events.length === 0 ? [] : await this.spill.send(events);
    const counted = { received: judged.length, accepted: events.length };
    const ids = refused.length === 0 ? [] : await this.quarantine.keep(refused, recordedAt, counted);
    if (ids === null) await this.count.add({ ...counted, refused: refused.length });
    else if (refused.length === 0) await this.count.add(counted);
    const [placed, kept] = [receipts.values(), (ids ?? []).values()];
    return judged.map((item) =>
      'event' in item
        ? { id: item.event.id, place: placeOf(item.event, placed.next().value) }
        : { quarantine: kept.next().value ?? null, refused: item.refused },
    );
  }
}

/** Where to wait for an event: its place in the log, or its id while it is still in the outbox. */
export function placeOf(event: JourneyEvent, receipt: Receipt | undefined): After {
  if (receipt === undefined || receipt === 'spilled') return { kind: 'event', id: event.id };
  const { topic, partition, offset } = receipt;
  return { kind: 'position', topic, partition, offset };
}
