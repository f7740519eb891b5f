import { ProblemError } from './problem.ts';

/**
 * What a reader must have seen before it answers, so that a caller reads its own write: a record's place in the
 * log, or an event by its id where the place is not known yet (decisions, and facts waiting in the outbox).
 */
export type After =
  | { readonly kind: 'position'; readonly topic: string; readonly partition: number; readonly offset: bigint }
  | { readonly kind: 'event'; readonly id: string };

/** `journey.touches/3/42`, `event/<id>`; several are joined by commas. */
export function formatAfter(places: readonly After[]): string {
  return places
    .map((place) =>
      place.kind === 'position' ? `${place.topic}/${place.partition}/${place.offset}` : `event/${place.id}`,
    )
    .join(',');
}

/** Keeps of several places in one partition only the furthest, since it includes the others. */
export function furthest(places: readonly After[]): After[] {
  const kept = new Map<string, After>();
  for (const place of places) {
    const key = place.kind === 'position' ? `${place.topic}/${place.partition}` : `event/${place.id}`;
    const other = kept.get(key);
    if (other?.kind === 'position' && place.kind === 'position' && other.offset >= place.offset) continue;
    kept.set(key, place);
  }
  return [...kept.values()];
}

/** More than a log of this platform has partitions; each is waited for by itself. */
export const MOST_PLACES = 50;

/** @throws ProblemError 422 when the text is not one that `formatAfter` gave */
export function parseAfter(text: string): After[] {
  const parts = text.split(',');
  if (parts.length > MOST_PLACES) throw unreadableAfter(`after names more than ${MOST_PLACES} places.`);
  return parts.map((part) => {
    const event = /^event\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(part);
    if (event?.[1] !== undefined) return { kind: 'event', id: event[1] };
    const place = /^([a-z][a-z0-9.-]*)\/(\d{1,6})\/(\d{1,18})$/.exec(part);
    if (place === null)
      throw unreadableAfter('after is not a position that an answer of this platform gave.');
    const [, topic = '', partition = '', offset = ''] = place;
    return { kind: 'position', topic, partition: Number(partition), offset: BigInt(offset) };
  });
}

/** @returns 422 for an `after` that no answer gave */
export function unreadableAfter(detail: string): ProblemError {
  const remedy = 'Send the `after` of the answer to your write, unchanged.';
  return new ProblemError({ status: 422, code: 'unreadable-after', detail, field: 'after', remedy });
}
