import { standing, type Assertion } from './assertion.ts';

/**
 * A time of belonging: `since` inclusive, `until` exclusive, so that who left at an instant is no member at it, and
 * who left and came back at one instant has two intervals that neither overlap nor leave a gap.
 */
export interface Membership {
  /** null: from an unknown day on, which holds from the beginning */
  readonly since: string | null;
  /** null: it lasts, or, when `ended`, it ended on an unknown day */
  readonly until: string | null;
  readonly ended: boolean;
}

/**
 * When a person belonged to an account, or an account to a parent. An undated link holds from the beginning, an
 * undated end comes after everything dated; a link within a membership, or an end outside of one, changes nothing.
 * @param edge every assertion of one membership edge, in any order, repeats allowed
 */
export function memberships(edge: readonly Assertion[]): Membership[] {
  const said = standing(edge);
  const undated = said.filter((it) => it.occurredAt === null);
  const intervals: Membership[] = [];
  let since: string | null | undefined = undated.some((it) => it.says === 'linked') ? null : undefined;
  for (const { says, occurredAt } of said.filter((it) => it.occurredAt !== null)) {
    if (says === 'linked') since = since === undefined ? occurredAt : since;
    else if (since !== undefined) {
      if (since !== occurredAt) intervals.push({ since, until: occurredAt, ended: true });
      since = undefined;
    }
  }
  if (since !== undefined) {
    intervals.push({ since, until: null, ended: undated.some((it) => it.says === 'ended') });
  }
  return intervals;
}

/** Whether an instant (null: undated, now or later) falls into a membership. */
export function isMemberAt(intervals: readonly Membership[], instant: string | null): boolean {
  return intervals.some(({ since, until, ended }) => {
    if (instant === null) return !ended;
    return (since === null || since <= instant) && (until === null || instant < until);
  });
}
