import type { JourneyEvent } from '@throughline/contracts';

export function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Undated last; of one instant by precision, then by lead. */
export function byInstant(a: JourneyEvent, b: JourneyEvent): number {
  return order(a.occurredAt ?? '~', b.occurredAt ?? '~') || order(a.key, b.key);
}
