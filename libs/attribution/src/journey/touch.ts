import { AttributionError } from '../attribution.error.ts';

/** A contact between us and the market that can earn credit. */
export interface Touch {
  /** of its event; decides between touches of one instant */
  readonly id: string;
  /** milliseconds since 1970, UTC */
  readonly at: number;
  readonly channel: string;
}

/** A touch as it was recorded: `at` is null where nobody knows when it was. */
export type RecordedTouch = Omit<Touch, 'at'> & { readonly at: number | null };

/** The same touch, known to be dated; what else it carries stays. */
export type Dated<T extends RecordedTouch> = T & Touch;

/** By instant, then by id: the order of every journey, whatever order touches arrived in. */
export function compareTouches(a: Touch, b: Touch): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

export function isDated<T extends RecordedTouch>(touch: T): touch is Dated<T> {
  return touch.at !== null;
}

/** @throws AttributionError where an instant is no whole number of milliseconds, or a touch is there twice */
export function checkTouches(touches: readonly RecordedTouch[]): void {
  const seen = new Set<string>();
  for (const { id, at } of touches) {
    if (at !== null && !Number.isSafeInteger(at)) {
      const wrong = `Touch ${id} has no instant that can be ordered.`;
      throw new AttributionError('bad-journey', 'at', wrong, 'Give whole milliseconds since 1970, or null.');
    }
    if (seen.has(id)) {
      const wrong = `Touch ${id} is there twice.`;
      throw new AttributionError(
        'bad-journey',
        'id',
        wrong,
        'Give every touch once, by the id of its event.',
      );
    }
    seen.add(id);
  }
}
