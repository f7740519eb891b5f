import type { Touch } from './touch.ts';

/** When the deal reached a milestone; null: not yet, or nobody knows when. */
export interface Milestones {
  readonly lead: number | null;
  readonly opportunity: number | null;
}

/** The touches in front of one conversion: what a model gives credit to. `journeysOf` makes it. */
export interface Journey<T extends Touch = Touch> {
  /** in the order of `compareTouches`, none twice */
  readonly touches: readonly T[];
  /** null: still open */
  readonly closedAt: number | null;
  readonly milestones: Milestones;
}

/**
 * What is credited: a deal. An open one is censored: it has no outcome yet, which is not the same as lost.
 * `closedAt` is null while it is open, and where a close has no date; touches then count up to the instant asked for.
 */
export interface Conversion {
  readonly id: string;
  readonly outcome: 'won' | 'lost' | 'open';
  readonly closedAt: number | null;
  readonly milestones: Milestones;
}

/** The instant up to which touches count for a conversion. */
export function endOf({ closedAt }: Pick<Conversion, 'closedAt'>, asOf: number): number {
  return closedAt ?? asOf;
}

/**
 * When a stage that was reached several times was reached last, for a model that goes by that (Marketo Measure keeps
 * every occurrence). What came after the close, and what nobody dated, does not count.
 * @param closedAt null: the deal is open
 * @returns null where it was not reached, or nobody knows when
 */
export function lastReached(instants: readonly (number | null)[], closedAt: number | null): number | null {
  const counted = instants.filter((at) => at !== null && (closedAt === null || at <= closedAt));
  return counted.reduce<number | null>((a, b) => (a === null || (b ?? a) > a ? b : a), null);
}
