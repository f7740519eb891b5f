/** What decides between two things said of the same thing: never arrival, so any order gives the same winner. */
export interface Rank {
  /** RFC 3339 UTC with milliseconds; null is undated and ranks after every date */
  readonly occurredAt: string | null;
  readonly eventId: string;
  readonly payloadHash: string;
}

/** Negative when `a` ranks before `b`: by occurredAt, undated last, then event id, then payload hash. */
export function compareRank(a: Rank, b: Rank): number {
  return (
    compareInstants(a.occurredAt, b.occurredAt) ||
    compareText(a.eventId, b.eventId) ||
    compareText(a.payloadHash, b.payloadHash)
  );
}

/** Whether `candidate` wins over what stands; it also wins over nothing. */
export function supersedes(candidate: Rank, standing: Rank | null): boolean {
  return standing === null || compareRank(candidate, standing) > 0;
}

/** Order of two instants as text; null (undated) last. */
export function compareInstants(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return compareText(a, b);
}

/** By UTF-16 code unit, as `<` does; no locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
