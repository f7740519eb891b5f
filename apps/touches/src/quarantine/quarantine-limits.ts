/** How much the quarantine keeps, and for how long. */
export interface QuarantineLimits {
  /** bytes of the items that wait; past it what cannot be taken is refused without being kept */
  readonly maxBytes: number;
  /** days after which an item that nobody replayed is discarded */
  readonly waitingDays: number;
  /** days after which the bytes of a replayed or discarded item are removed */
  readonly settledDays: number;
}

export const QUARANTINE_LIMITS: QuarantineLimits = {
  maxBytes: 256 * 1024 * 1024,
  waitingDays: 180,
  settledDays: 30,
};

/** What of the limit is used, for health and accounting. */
export interface QuarantineUsage {
  readonly bytes: number;
  readonly maxBytes: number;
}
