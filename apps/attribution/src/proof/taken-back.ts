import type { Logged } from '@throughline/event-store';
import { loadSql, type Transaction } from '@throughline/postgres';

const keepDefinition = loadSql(import.meta.url, '../model/sql/keep-definition.sql');
const askRecompute = loadSql(import.meta.url, './sql/ask-recompute.sql');

/** Keeps beside the store what its events say that were taken back from the log; credit and rates are mended by them. */
export async function keepTakenBack(tx: Transaction, events: readonly Logged[]): Promise<void> {
  for (const { event } of events) {
    if (event.name !== 'attribution-model.defined') continue;
    const { model, version } = event.data as { readonly model: string; readonly version: number };
    await tx.query('delete from model_definition where model = $1 and version >= $2', [model, version]);
    await tx.query(keepDefinition, [event.id, JSON.stringify(event.data)]);
  }
  await tx.query(askRecompute, ['events taken back from the log']);
}
