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

/** Touches from which on a deal is credited beside the events that change it. */
const LONG_PATH = 1_000;

const findDeals = loadSql(import.meta.url, './sql/find-deals.sql');
const findUnsettled = loadSql(import.meta.url, './sql/find-unsettled-events.sql');

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
    const contested = await contestedOf(tx, events, telling);
    const standing = await standingContents(tx, contested);
    if (telling.length === 0 && standing.length === 0) return;
    const { opportunities, accounts, persons, visitors, leads, touches } = concernOf(telling, standing);
    const { rows } = await tx.query<{ opportunity: string }>(findDeals, [
      ...[opportunities, accounts, persons, visitors, leads, tellWhoIsWho(telling, standing), touches],
    ]);
    if (rows.length === 0) return;
    const concerned = rows.map(({ opportunity }) => opportunity);
    if (concerned.length > mostAtOnce || (await haveLongPath(tx, concerned))) await due.mark(tx, concerned);
    else await book.revise(tx, concerned, { recordedAt: now().toISOString(), ...traceOf(telling) });
  };
}

/**
 * Whether crediting these would hold up the events behind them: a deal of 50,000 touches takes seconds, which are spent
 * once for all that comes meanwhile.
 */
async function haveLongPath(tx: Transaction, deals: readonly string[]): Promise<boolean> {
  const { rowCount } = await tx.query(
    'select 1 from deal_touch where opportunity = any ($1::text[]) and place = $2 limit 1',
    [deals, LONG_PATH],
  );
  return rowCount !== 0;
}

/**
 * The events whose ids stand for another content too.
 * @throws NotYetEvidence where what tells of deals is on its way; WaitsForEvidence where the evidence parked it, so that
 *   it is parked here as well, to be replayed there first
 */
async function contestedOf(
  tx: Transaction,
  events: readonly JourneyEvent[],
  telling: readonly JourneyEvent[],
): Promise<readonly JourneyEvent[]> {
  const told = new Set(telling.map(({ id }) => id));
  const asked = events.filter(({ id, stream }) => told.has(id) || stream === null);
  if (asked.length === 0) return [];
  const { rows } = await tx.query<{ event_id: string; state: 'waiting' | 'parked' | 'contested' }>(
    findUnsettled,
    [asked.map(({ id }) => id)],
  );
  const unknown = rows.filter(({ event_id, state }) => state !== 'contested' && told.has(event_id));
  const waiting = unknown.find(({ state }) => state === 'waiting');
  if (waiting) throw new NotYetEvidence(waiting.event_id);
  const [parked] = unknown;
  if (parked) throw new WaitsForEvidence(parked.event_id);
  const contested = new Set(rows.map(({ event_id }) => event_id));
  return asked.filter(({ id }) => contested.has(id));
}

/** The trace of one event goes on; of several there is no one to go on with. */
function traceOf(events: readonly JourneyEvent[]) {
  const [only] = events;
  if (events.length !== 1 || !only) return { traceparent: null, tracestate: null };
  return { traceparent: only.traceparent, tracestate: only.tracestate };
}
