import type { JourneyEvent } from '@throughline/contracts';
import { linked, touch } from './example-events.ts';

/** What an owner process is to do; everything it needs follows from it. */
export interface OwnerTask {
  readonly url: string;
  /** of the projection */
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  readonly partitions: number;
  /** touches, or the edges that make one person of a chain */
  readonly holds: { readonly touches: number } | { readonly chain: number };
  readonly linger?: boolean;
  readonly extras?: string[];
}

export function ownedEvents({ holds }: Pick<OwnerTask, 'holds'>): JourneyEvent[] {
  if ('touches' in holds) return Array.from({ length: holds.touches }, (_, n) => touch(`t${n}`, `v${n}`));
  return chain(holds.chain);
}

/** person-0 is person-1 is person-2 …: the edges lie in several partitions, their component is one. */
export function chain(length: number): JourneyEvent[] {
  return Array.from({ length }, (_, n) =>
    linked(`link-${n}`, 'same-person', `person-${n}`, `person-${n + 1}`, '2026-03-01T00:00:00.000Z'),
  );
}
