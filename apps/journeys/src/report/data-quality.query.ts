import type { Queryable } from '@throughline/postgres';
import { pageFrom } from '@throughline/service';
import type { Ask } from './ask.query.ts';
import { checks, type QualityCheck } from './checks.table.ts';
import { Statement } from './statement.query.ts';

/** What a check found: how many rows of how many. */
export interface CheckResult {
  readonly check: string;
  readonly help: string;
  readonly found: number;
  readonly of: number;
}

/** All checks with their counts. Nothing is repaired: a defect of the source stays visible. */
export async function dataQuality(
  database: Queryable,
  ask: Ask,
): Promise<{ items: readonly CheckResult[]; next: string | null }> {
  const items: CheckResult[] = [];
  for (const check of checks.slice(ask.offset, ask.offset + ask.limit + 1)) {
    const statement = new Statement();
    const text = `select count(*) filter (where ${check.where})::int as found, count(*)::int as of
                    from ${subject(check, ask, statement)}`;
    const counted = await database.query<{ found: number; of: number }>(text, statement.values);
    items.push({ check: check.name, help: check.help, ...(counted.rows[0] ?? { found: 0, of: 0 }) });
  }
  return pageFrom(items, ask);
}

/** The rows one check found, by id. */
export async function findings(database: Queryable, check: QualityCheck, ask: Ask) {
  const statement = new Statement();
  const from = subject(check, ask, statement);
  const page = `limit ${statement.bind(ask.limit + 1)} offset ${statement.bind(ask.offset)}`;
  const text = `select ${check.id}::text as id, ${check.shows.map((column) => `d.${column}`).join(', ')}
                  from ${from} and ${check.where} order by ${check.id}::text collate "C" ${page}`;
  const { rows } = await database.query<Record<string, unknown>>(text, statement.values);
  return pageFrom(rows, ask);
}

function subject(check: QualityCheck, ask: Ask, statement: Statement): string {
  const source = statement.bind(ask.source);
  return `${check.from} d where (${source}::text is null or d.source = ${source})`;
}
