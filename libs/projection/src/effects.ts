import type { JourneyEvent } from '@throughline/contracts';
import type { Transaction } from '@throughline/postgres';
import type { Fault, ReadItem } from './item.ts';

/** What a consumer does with the events that its inbox lets through. */
export interface Effects {
  /** Reads whatever the events may need; called anew for every attempt. */
  begin(tx: Transaction, events: readonly JourneyEvent[]): Promise<Attempt>;
  /** Whether an error at writing is the fault of one event's data, so that it can be found and parked. */
  isFaultOfEvent(error: unknown): boolean;
}

export interface Attempt {
  /** Takes the effects of one event into memory, or none of them. @returns why it cannot be, or null */
  take(item: ReadItem): Fault | null;
  /** Writes what was taken, as sets. */
  write(): Promise<void>;
}

/** SQLSTATE classes that speak of the data: data exception, constraint, program limit (an index row too long), RAISE. */
export function isDataError(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^(22...|23...|54...|P0001)$/.test(code);
}

/** SQLSTATE class of what is not there, or not allowed: the program does not fit the database, whatever the event. */
export function isMisfit(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^42...$/.test(code);
}
