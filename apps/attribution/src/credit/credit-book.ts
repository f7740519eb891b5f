import { createHash } from 'node:crypto';
import type { EventStore } from '@throughline/event-store';
import { loadSql, type Queryable, type Transaction } from '@throughline/postgres';
import { mendRows } from './mend-rows.ts';
import { decideCredit, decideUnknown, type CreditEvent, type CreditInForce } from './credit.decider.ts';
import { writeCredit } from './credit-tables.ts';
import type { Deal, Definition } from './deal.state.ts';
import { readDeals } from './deals.query.ts';
import { pathOf, writePaths } from './deal-paths.ts';
import { partsOf } from './parts.ts';

const lockDeals = loadSql(import.meta.url, './sql/lock-deals.sql');
const readInForce = loadSql(import.meta.url, './sql/read-in-force.sql');
const readCounts = loadSql(import.meta.url, './sql/read-counts.sql');
const dropDeals = loadSql(import.meta.url, './sql/drop-deals.sql');
const countCreditEvents = loadSql(import.meta.url, './sql/count-credit-events.sql');

/** The emitter of what is concluded here. */
export const SOURCE = 'urn:throughline:attribution';
/** Deals in hand at once: bounds memory, and the statement that stores their events. */
const CHUNK = 100;
/** How many are read first, before it is known how many touches they have. */
const FIRST_CHUNK = 2;
/**
 * Touches in hand at once, and in one transaction where the rest may come later. While credit is computed the connection
 * stands idle in its transaction, which PostgreSQL ends after 10 s; and others wait for the deals no longer than 15 s.
 */
const MOST_TOUCHES = 20_000;

/** When and in whose trace credit is concluded. */
export interface Occasion {
  readonly recordedAt: string;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

/** How many deals were looked at, and how many events said what had changed. */
export interface Revised {
  readonly done: number;
  readonly said: number;
}

/**
 * The credit of deals: paths, credit in force, and the events that say it.
 *
 * Guarantees:
 * - one writer a deal at a time (lock-deals.sql), from before the evidence is read to the commit: the last one saw
 *   everything, so that credit in force is a function of the evidence, whatever came first (I4)
 * - events and tables change together; a deal whose credit is right already gets no event
 */
export class CreditBook {
  constructor(private readonly store: EventStore) {}

  /** Makes the credit of these deals right. @returns how many events said so */
  async revise(tx: Transaction, opportunities: readonly string[], occasion: Occasion): Promise<number> {
    return (await this.#inChunks(tx, [...new Set(opportunities)], occasion, { mostTouches: Infinity })).said;
  }

  /**
   * As `revise`, for as many of the deals as one transaction should hold, from the first on, one at least.
   * @returns how many deals are done, and how many events said so
   */
  reviseSome(tx: Transaction, opportunities: readonly string[], occasion: Occasion): Promise<Revised> {
    return this.#inChunks(tx, opportunities, occasion, { mostTouches: MOST_TOUCHES });
  }

  /**
   * As `reviseSome`, with rows that are not what was told of these deals written again first. A deal that the evidence
   * does not know is credited nothing, which is said where it was told otherwise; nothing is kept of it then.
   * @returns as `said` also the credits that were only written again
   */
  mendSome(tx: Transaction, opportunities: readonly string[], occasion: Occasion): Promise<Revised> {
    return this.#inChunks(tx, opportunities, occasion, { mostTouches: MOST_TOUCHES, mends: true });
  }

  /** All are locked at first, so that two who want several take them in one order, whatever their chunks are. */
  async #inChunks(
    tx: Transaction,
    opportunities: readonly string[],
    occasion: Occasion,
    { mostTouches, mends = false }: { readonly mostTouches: number; readonly mends?: boolean },
  ): Promise<Revised> {
    await tx.query(lockDeals, [opportunities]);
    let [done, said, touches] = [0, 0, 0];
    for (let size = FIRST_CHUNK; done < opportunities.length && touches < mostTouches;) {
      const chunk = opportunities.slice(done, done + size);
      if (mends) said += await mendRows(tx, chunk);
      const deals = await readDeals(tx, chunk);
      said += await this.#reviseLocked(tx, deals, occasion);
      if (mends) said += await this.#forgetLocked(tx, unknownOf(chunk, deals), occasion);
      done += chunk.length;
      const read = deals.reduce((sum, deal) => sum + deal.touches.length, 0);
      touches += read;
      const bearable = Math.min(MOST_TOUCHES, mostTouches - touches) * (chunk.length / Math.max(1, read));
      size = Math.max(1, Math.floor(Math.min(size * 4, bearable, CHUNK)));
    }
    return { done, said };
  }

  async #reviseLocked(tx: Transaction, deals: readonly Deal[], occasion: Occasion): Promise<number> {
    if (deals.length === 0) return 0;
    await writePaths(tx, deals.map(pathOf));
    const definitions = deals.some(isConcluded) ? await readDefinitions(tx) : [];
    const inForce = await creditInForce(
      tx,
      deals.map(({ opportunity }) => opportunity),
    );
    const decided: Decided[] = [];
    for (const deal of deals) {
      const events = await decideAwake(tx, deal, definitions, inForce.get(deal.opportunity) ?? []);
      if (events.length > 0) decided.push({ opportunity: deal.opportunity, events });
    }
    if (decided.length === 0) return 0;
    const ids = await this.#append(tx, decided, occasion);
    await writeCredit(
      tx,
      decided.flatMap((it) => it.events).map(({ data }, n) => ({ data, eventId: ids[n] ?? '' })),
    );
    await tx.query(countCreditEvents, [
      decided.map(({ opportunity }) => opportunity),
      decided.map((it) => it.events.length),
    ]);
    return ids.length;
  }

  async #forgetLocked(tx: Transaction, unknown: readonly string[], occasion: Occasion): Promise<number> {
    if (unknown.length === 0) return 0;
    const inForce = await creditInForce(tx, unknown);
    const decided = unknown.flatMap((opportunity): Decided[] => {
      const events = decideUnknown(inForce.get(opportunity) ?? []);
      return events.length === 0 ? [] : [{ opportunity, events }];
    });
    const ids = decided.length === 0 ? [] : await this.#append(tx, decided, occasion);
    await tx.query(dropDeals, [unknown]);
    return ids.length;
  }

  /**
   * The command's id is derived from the last published credit of each deal, so each publication has an id of its own.
   * @returns the id of the first event of each credit
   */
  async #append(tx: Transaction, decided: readonly Decided[], occasion: Occasion): Promise<string[]> {
    const { rows } = await tx.query<{ opportunity: string; events: number }>(readCounts, [
      decided.map(({ opportunity }) => opportunity),
    ]);
    const before = new Map(rows.map(({ opportunity, events }) => [opportunity, events]));
    const place = decided.map(({ opportunity }) => [opportunity, before.get(opportunity) ?? 0]);
    const commandId = `credit:${createHash('sha256').update(JSON.stringify(place)).digest('hex')}`;
    const { recordedAt } = occasion;
    const when = { occurredAt: recordedAt, precision: 'instant' as const, inferred: [] };
    const appends = decided.map(({ opportunity, events }) => ({
      stream: opportunity,
      expected: 'any' as const,
      events: events.flatMap(partsOf).map((event) => ({ ...event, ...when })),
    }));
    const meta = { ...occasion, ...when, commandId, source: SOURCE };
    const { events } = await this.store.append(tx, appends, meta);
    const said = decided.flatMap((it) => it.events.flatMap(partsOf));
    return events.flatMap(({ id }, at) => (said[at]?.name === 'credit.continued' ? [] : [id]));
  }
}

/** What is to be told of a deal. */
interface Decided {
  readonly opportunity: string;
  readonly events: readonly CreditEvent[];
}

/** Touches from which on a deal is decided model by model. */
const LONG = 1_000;

/** As `decideCredit`; of a long path with a word to the connection after each model, which else would stand idle too long. */
async function decideAwake(
  tx: Transaction,
  deal: Deal,
  definitions: readonly Definition[],
  inForce: readonly CreditInForce[],
): Promise<readonly CreditEvent[]> {
  if (deal.outcome !== 'won' || deal.touches.length < LONG) return decideCredit(deal, definitions, inForce);
  const models = [...Map.groupBy(definitions, ({ model }) => model)].sort(([a], [b]) => (a < b ? -1 : 1));
  const events: CreditEvent[] = [];
  for (const [, versions] of models) {
    events.push(...decideCredit(deal, versions, inForce));
    await tx.query('select 1');
  }
  return events;
}

function unknownOf(opportunities: readonly string[], known: readonly Deal[]): string[] {
  const found = new Set(known.map(({ opportunity }) => opportunity));
  return opportunities.filter((opportunity) => !found.has(opportunity));
}

const isConcluded = ({ outcome }: Deal): boolean => outcome === 'won';

/** Every version of every model. */
export async function readDefinitions(db: Queryable): Promise<Definition[]> {
  const { rows } = await db.query<{ said: Definition }>(
    'select said from model_definition order by model, version',
  );
  return rows.map(({ said }) => said);
}

/** What was said last, by deal. */
export async function creditInForce(
  db: Queryable,
  opportunities: readonly string[],
): Promise<Map<string, CreditInForce[]>> {
  const { rows } = await db.query<CreditInForce & { opportunity: string }>(readInForce, [opportunities]);
  return Map.groupBy(rows, ({ opportunity }) => opportunity);
}
