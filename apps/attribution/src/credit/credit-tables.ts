import { canonicalJson, type EventData } from '@throughline/contracts';
import { loadSql, type Queryable, type Transaction } from '@throughline/postgres';
import type { Credit } from './deal.state.ts';

const readLastTold = loadSql(import.meta.url, './sql/read-told.sql');
const dropShares = loadSql(import.meta.url, './sql/drop-shares.sql');
const putCredit = loadSql(import.meta.url, './sql/put-credit.sql');
const putShares = loadSql(import.meta.url, './sql/put-shares.sql');

/** Puts credits in force in the place of those that were. */
export async function writeCredit(
  tx: Transaction,
  credits: readonly { readonly data: Credit; readonly eventId: string }[],
): Promise<void> {
  await tx.query(dropShares, [
    credits.map(({ data }) => data.opportunity),
    credits.map(({ data }) => data.model.id),
  ]);
  await tx.query(putCredit, [JSON.stringify(credits.map(rowOf))]);
  await tx.query(putShares, [JSON.stringify(credits.flatMap(({ data }) => sharesOf(data)))]);
}

/** The last event of a deal under a model; `times` events were told of the deal. */
export interface Told {
  readonly opportunity: string;
  readonly model: string;
  readonly eventId: string;
  readonly said: string;
  readonly times: number;
}

export async function readTold(db: Queryable, opportunities: readonly string[]): Promise<readonly Told[]> {
  const { rows } = await db.query<Told & { readonly more: readonly string[] }>(readLastTold, [opportunities]);
  return rows.map(({ more, ...told }) =>
    more.length === 0 ? told : { ...told, said: joined(told.said, more) },
  );
}

/** A credit of several events as one. */
function joined(said: string, more: readonly string[]): string {
  const { parts: _, ...credit } = JSON.parse(said) as Credit;
  const rest = more.flatMap((text) => (JSON.parse(text) as EventData<'credit.continued'>).shares);
  return JSON.stringify({ ...credit, shares: [...credit.shares, ...rest] });
}

/** Puts credits in force as they were told. */
export async function restoreCredit(tx: Transaction, told: readonly Told[]): Promise<void> {
  if (told.length === 0) return;
  await writeCredit(
    tx,
    told.map(({ eventId, said }) => ({ data: JSON.parse(said) as Credit, eventId })),
  );
}

/** The row of a credit. @param given `eventId` null: it is said nowhere */
export function rowOf({ data, eventId }: { readonly data: Credit; readonly eventId: string | null }) {
  const { opportunity, model, outcome, amount, unattributed } = data;
  return {
    opportunity,
    ...{ model: model.id, model_version: model.version, event_id: eventId, outcome },
    ...{ amount: amount?.amount ?? null, currency: amount?.currency ?? null },
    unattributed_weight: unattributed.weight,
    unattributed_amount: unattributed.amount,
    reason: unattributed.reason,
    said: canonicalJson(data),
  };
}

export function sharesOf({ opportunity, model, shares }: Credit) {
  return shares.map((share) => ({ opportunity, model: model.id, ...share }));
}
