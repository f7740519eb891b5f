import type { JourneyEvent } from '@throughline/contracts';
import { loadSql, type Transaction } from '@throughline/postgres';
import type { React } from '@throughline/projection';
import { concernOf, isNobodys, tellWhoIsWho } from './concern.ts';
import type { CreditBook } from './credit-book.ts';
import type { DueDeals } from './due-deals.ts';
import { NotYetEvidence, WaitsForEvidence } from './not-yet-evidence.error.ts';
import { standingContents } from './standing-contents.ts';

/** The reactor's name, for ever: its positions are kept under it. */
export const CREDIT_DEALS = 'credit_deals_when_journeys_change';

const findDeals = loadSql(import.meta.url, './sql/find-deals.sql');
const findMissing = loadSql(import.meta.url, './sql/find-missing-events.sql');

export interface Crediting {
  readonly book: Pick<CreditBook, 'revise'>;
  readonly due: Pick<DueDeals, 'mark'>;
  /** more deals than this are marked, to be credited once for all that comes meanwhile */
  readonly mostAtOnce: number;
  readonly now: () => Date;
}

/**
 * Credits anew the deals that events can concern, from the evidence as it is when they are locked.
 *
 * Why arrival does not matter: an event is handled only once the evidence holds it. The deals it may concern are found
 * in evidence that holds it, and are locked before they are read; so whoever reads a deal last reads everything that
 * was handled, and nothing that concerns the deal stays unread, since its own handling would come later still.
 */
export function creditDealsWhenJourneysChange({ book, due, mostAtOnce, now }: Crediting): React {
  return async (tx, events) => {
    const telling = events.filter((event) => !isNobodys(concernOf([event])));
    if (telling.length > 0) await refuseUnknown(tx, telling);
    const standing = await standingContents(tx, events);
    if (telling.length === 0 && standing.length === 0) return;
    const { opportunities, accounts, persons, visitors, leads, touches } = concernOf(telling, standing);
    const { rows } = await tx.query<{ opportunity: string }>(findDeals, [
      ...[opportunities, accounts, persons, visitors, leads, tellWhoIsWho(telling, standing), touches],
    ]);
    if (rows.length === 0) return;
    const concerned = rows.map(({ opportunity }) => opportunity);
    if (concerned.length > mostAtOnce) await due.mark(tx, concerned);
    else await book.revise(tx, concerned, { recordedAt: now().toISOString(), ...traceOf(telling) });
  };
}

/** What the evidence parked is parked here too, to be replayed there first; what is on its way is waited for. */
async function refuseUnknown(tx: Transaction, events: readonly JourneyEvent[]): Promise<void> {
  const { rows } = await tx.query<{ event_id: string; parked: boolean }>(findMissing, [
    events.map(({ id }) => id),
  ]);
  const waiting = rows.find(({ parked }) => !parked);
  if (waiting) throw new NotYetEvidence(waiting.event_id);
  const [parked] = rows;
  if (parked) throw new WaitsForEvidence(parked.event_id);
}

/** The trace of one event goes on; of several there is no one to go on with. */
function traceOf(events: readonly JourneyEvent[]) {
  const [only] = events;
  if (events.length !== 1 || !only) return { traceparent: null, tracestate: null };
  return { traceparent: only.traceparent, tracestate: only.tracestate };
}
