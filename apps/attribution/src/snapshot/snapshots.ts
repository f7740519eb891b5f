import { randomUUID } from 'node:crypto';
import { canonicalJson, creditSnapshotTaken, type Precision } from '@throughline/contracts';
import type { EventStore } from '@throughline/event-store';
import { loadSql, type Database, type Queryable, type Transaction } from '@throughline/postgres';
import { ProblemError } from '@throughline/service';
import { refusal } from '../attribution.error.ts';
import { SOURCE, type Occasion } from '../credit/credit-book.ts';
import { inCurrency } from '../rate/in-currency.ts';
import { refuseUnconverted } from '../rate/missing-rate.ts';
import { RatesTo } from '../rate/rates-to.ts';
import { onSnapshot } from '../report/snapshot.query.ts';
import { snapshotOf, type DealPath, type Snapshot } from './snapshot-of.ts';
import { modelOfRule, type SnapshotRule } from './snapshot-rule.ts';

/** See the file: deals as of an instant. */
export const readPaths = loadSql(import.meta.url, './sql/read-paths.sql');
const putSnapshot = loadSql(import.meta.url, './sql/put-snapshot.sql');

const lock = 'select pg_advisory_xact_lock(hashtextextended($1, 0))';

export interface SnapshotAsk {
  readonly rule: SnapshotRule;
  /** null: now */
  readonly asOf: string | null;
  /** what amounts are converted to; null: that of all won deals */
  readonly currency: string | null;
}

export interface KeptSnapshot extends Snapshot {
  readonly eventId: string;
  readonly takenAt: string;
}

/**
 * Data-driven models, run as of an instant and numbered; what was taken stays, whatever comes later. Weights are
 * computed outside of any transaction, however long that takes; the number is given when they are kept.
 */
export class Snapshots {
  constructor(
    private readonly database: Database,
    private readonly store: EventStore,
  ) {}

  /**
   * Takes a snapshot and says it on the log; a repeat under its command id gives the first one again.
   * @throws ProblemError where it is asked for as of the future, or is more than an event can say, where deals of several currencies were won and none is named or a rate is missing, or another was asked under the id
   */
  async take(
    { rule, asOf: told, currency: given }: SnapshotAsk,
    commandId: string | null,
    occasion: Occasion,
  ): Promise<KeptSnapshot> {
    const model = modelOfRule(rule);
    const asked = canonicalJson({ order: 1, lost: 'with', ...rule, asOf: told, currency: given });
    const before = await known(this.database, commandId, asked);
    if (before) return before;
    if (told !== null && told > occasion.recordedAt) {
      throw refusal('parameter-invalid', 'What will be known by then is not known yet.', {
        field: '/asOf',
        remedy: 'Give an instant that is not after now, or leave it out, which is now.',
      });
    }
    const asOf = told ?? occasion.recordedAt;
    const { deals, currency, rates } = await onSnapshot(this.database, (db) => worthAsOf(db, asOf, given));
    const weighed = snapshotOf(deals, rule, currency, rates);
    refuseUnsayable(weighed);
    return this.database.transaction(async (tx) => {
      // the key first, then the model: one key may be sent for two models at once, and never the other way round
      if (commandId !== null) await tx.query(lock, [`snapshot under ${commandId}`]);
      await tx.query(lock, [`snapshot of ${model}`]);
      const meanwhile = await known(tx, commandId, asked);
      if (meanwhile) return meanwhile;
      const { rows } = await tx.query<{ number: number }>(
        'select coalesce(max(number), 0) + 1 as number from credit_snapshot where model = $1',
        [model],
      );
      const said = { model, number: rows[0]?.number ?? 1, asOf, ...weighed };
      const eventId = await this.#say(tx, said, occasion);
      await tx.query(putSnapshot, [
        ...[model, said.number, eventId, commandId, asked, occasion.recordedAt, JSON.stringify(said)],
      ]);
      return { ...said, eventId, takenAt: occasion.recordedAt };
    });
  }

  async #say(tx: Transaction, said: Snapshot, occasion: Occasion): Promise<string> {
    const when = { occurredAt: occasion.recordedAt, precision: 'instant' as const, inferred: [] };
    const events = [{ name: 'credit.snapshot-taken' as const, data: said, ...when }];
    const append = { stream: said.model, expected: 'any' as const, events };
    const meta = { ...occasion, ...when, commandId: `snapshot:${randomUUID()}`, source: SOURCE };
    const [event] = (await this.store.append(tx, [append], meta)).events;
    if (!event) throw new Error('one event a snapshot');
    return event.id;
  }
}

interface ReadPath extends DealPath {
  readonly opportunity: string;
  readonly closed_at: string | null;
  readonly closed_precision: Precision;
}

/**
 * Deals as of an instant, those that were won with their amounts in the currency that is named.
 * @throws ProblemError `missing-rate`, `currency-needed`
 */
async function worthAsOf(db: Queryable, asOf: string, given: string | null) {
  const { rows: deals } = await db.query<ReadPath>(readPaths, [asOf]);
  if (given === null) return { deals, currency: onlyCurrency(deals), rates: [] };
  const [rates, now] = [await RatesTo.read(db, given), new Date(asOf)];
  const worth = deals.map((deal) => {
    if (deal.outcome !== 'won' || deal.amount === null) return deal;
    const closed = { at: deal.closed_at, precision: deal.closed_precision };
    const { amount, currency } = inCurrency(
      { ...deal, closed, amount: BigInt(deal.amount) },
      rates,
      now.getTime(),
    );
    return { ...deal, amount: amount === null ? null : String(amount), currency };
  });
  const foreign = worth.flatMap(({ opportunity, outcome, amount, currency }) =>
    outcome !== 'won' || amount === null || currency === null || currency === given
      ? []
      : [{ opportunity, currency }],
  );
  await refuseUnconverted(db, { rates, now }, foreign, 'ask as of an earlier instant');
  return { deals: worth, currency: given, rates: rates.used };
}

/** @throws ProblemError 409 where an event cannot say it, which is no fault of the sender */
function refuseUnsayable(snapshot: Omit<Snapshot, 'model' | 'number' | 'asOf'>): void {
  const read = creditSnapshotTaken.schema.omit({ model: true, number: true, asOf: true }).safeParse(snapshot);
  if (read.success) return;
  const where = read.error.issues[0]?.path.join('/') ?? '';
  const isWide = where === 'weights';
  if (where === 'rates') {
    throw new ProblemError({
      ...{ status: 409, code: 'snapshot-unsayable', field: 'currency' },
      detail: `It was converted by ${snapshot.rates?.length} rates; a snapshot can say 5000.`,
      remedy: 'Ask as of an earlier instant.',
    });
  }
  throw new ProblemError({
    ...{ status: 409, code: 'snapshot-unsayable' },
    detail: isWide
      ? `The paths have ${snapshot.weights.length} channels; a snapshot can say a thousand.`
      : `A figure of it is more than a snapshot can say (${where}).`,
    remedy: isWide
      ? 'Ask as of an earlier instant, or send touches under fewer channels; rule models credit any number.'
      : 'Ask as of an earlier instant, or correct the amounts of deals: sums go up to 9007199254740991 minor units.',
  });
}

/** @throws ProblemError 404 */
export async function readSnapshot(db: Queryable, model: string, number: number): Promise<KeptSnapshot> {
  const [found] = await readSnapshots(db, model, number);
  if (found) return found;
  throw refusal('snapshot-unknown', 'There is no such snapshot.', {
    field: 'snapshot',
    remedy: 'GET /v1/snapshots lists them as <model>/<number>; POST /v1/snapshots takes one.',
  });
}

/** The latest first. */
export async function readSnapshots(
  db: Queryable,
  model: string | null,
  number: number | null,
): Promise<KeptSnapshot[]> {
  const { rows } = await db.query<{ event_id: string; taken_at: string; said: Snapshot }>(
    `select event_id, taken_at, said from credit_snapshot
      where ($1::text is null or model = $1) and ($2::int is null or number = $2)
      order by taken_at desc, model collate "C", number desc limit 1000`,
    [model, number],
  );
  return rows.map(({ event_id: eventId, taken_at: takenAt, said }) => ({ ...said, eventId, takenAt }));
}

async function known(db: Queryable, commandId: string | null, asked: string): Promise<KeptSnapshot | null> {
  if (commandId === null) return null;
  const { rows } = await db.query<{ event_id: string; taken_at: string; asked: string; said: Snapshot }>(
    'select event_id, taken_at, asked, said from credit_snapshot where command_id = $1',
    [commandId],
  );
  const [row] = rows;
  if (!row) return null;
  if (row.asked === asked) return { ...row.said, eventId: row.event_id, takenAt: row.taken_at };
  throw new ProblemError({
    ...{ status: 409, code: 'idempotency-conflict', field: 'Idempotency-Key' },
    detail: 'Another snapshot was asked for under this key.',
    remedy: 'Send another key for another snapshot.',
  });
}

/** @throws ProblemError where there are several, and nobody said what to convert them to */
function onlyCurrency(deals: readonly DealPath[]): string | null {
  const won = deals.filter(({ outcome, amount }) => outcome === 'won' && amount !== null);
  const currencies = [...new Set(won.map(({ currency }) => currency))].sort();
  if (currencies.length <= 1) return currencies[0] ?? null;
  throw refusal(
    'currency-needed',
    `Deals were won in ${currencies.map((it) => it ?? 'an unknown one').join(', ')}.`,
    {
      field: 'currency',
      remedy:
        'Say by currency what they are converted to, each at its close; POST /v1/exchange-rates/{from}/{to}/set sets rates.',
    },
  );
}
