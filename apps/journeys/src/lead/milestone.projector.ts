import type { JourneyEvent } from '@throughline/contracts';

/** What can happen to a lead more than once and is counted; the event that counts for each. */
const milestones = {
  captured: 'lead.captured',
  assessed: 'lead.assessed',
  qualified: 'lead.qualified',
  offered: 'lead.offered',
  accepted: 'lead.accepted',
  rejected: 'lead.rejected',
  expired: 'lead.offer-expired',
  followed_up: 'lead.followed-up',
  recycled: 'lead.recycled',
  returned: 'lead.returned',
  disqualified: 'lead.disqualified',
  converted: 'lead.converted',
} as const;

type Milestone = keyof typeof milestones;

/**
 * For each milestone how often it was reached, and when first and last, in the order of the stream.
 * An undated event counts, and leaves the time null: reached, time unknown.
 */
export type MilestoneColumns = {
  readonly [M in Milestone as `${M}_count`]: number;
} & {
  readonly [M in Milestone as `${M}_at` | `${M}_last_at`]: string | null;
} & {
  readonly [M in Milestone as `${M}_precision` | `${M}_last_precision`]: string | null;
};

const names = Object.keys(milestones) as Milestone[];

export const milestoneColumns: Readonly<Record<string, string>> = Object.fromEntries(
  names.flatMap((name) => [
    [`${name}_count`, 'int not null'],
    [`${name}_at`, 'timestamptz'],
    [`${name}_precision`, 'text'],
    [`${name}_last_at`, 'timestamptz'],
    [`${name}_last_precision`, 'text'],
  ]),
);

export const noMilestones = Object.fromEntries(
  Object.keys(milestoneColumns).map((column) => [column, column.endsWith('_count') ? 0 : null]),
) as unknown as MilestoneColumns;

/** The row with the milestone of this event counted; unchanged when the event is none. */
export function reach<R extends MilestoneColumns>(row: R, event: JourneyEvent): R {
  const name = names.find((milestone) => milestones[milestone] === event.name);
  if (name === undefined) return row;
  const count = row[`${name}_count`];
  const first = { [`${name}_at`]: event.occurredAt, [`${name}_precision`]: event.precision };
  const last = { [`${name}_last_at`]: event.occurredAt, [`${name}_last_precision`]: event.precision };
  return { ...row, ...(count === 0 ? first : {}), ...last, [`${name}_count`]: count + 1 };
}
