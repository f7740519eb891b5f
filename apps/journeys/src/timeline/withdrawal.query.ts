import type { Queryable } from '@throughline/postgres';
import { recorded } from './edges.query.ts';

/** Why a touch never was: of several withdrawals the one with the smallest time, undated last, then event id. */
export interface Withdrawal {
  readonly event_id: string;
  readonly occurred_at: string | null;
  readonly reason: string | null;
  readonly actor: string | null;
}

/** Of these touches the withdrawn ones, by event id, as of a recorded time (null: now). */
export async function withdrawals(
  database: Queryable,
  touches: readonly string[],
  asOf: string | null,
): Promise<ReadonlyMap<string, Withdrawal>> {
  if (touches.length === 0) return new Map();
  const text = `
    select distinct on (touch) touch, event_id, occurred_at, reason, actor from analytics_v1.touch_withdrawal w
     where touch = any ($1) and ${recorded('w', 2)}
     order by touch, occurred_at nulls last, event_id`;
  const { rows } = await database.query<Withdrawal & { touch: string }>(text, [touches, asOf]);
  return new Map(rows.map(({ touch, ...withdrawal }) => [touch, withdrawal]));
}
