import { AttributionError } from '../attribution.error.ts';
import { checkTouches, compareTouches, isDated, type Dated, type RecordedTouch } from './touch.ts';

/** From when until when touches count, on instants, never on calendar days. */
export interface Window {
  /** the last instant that counts */
  readonly end: number;
  /** touches from `end - lengthMs` on count, that instant included; null: from the beginning */
  readonly lengthMs: number | null;
  /** touches at or before this instant belong to an earlier conversion; null: there is none */
  readonly after: number | null;
}

/** How many touches do not count, by reason. With those that count they make up all. */
export interface LeftOut {
  readonly undated: number;
  /** after the close, or after the instant asked for */
  readonly late: number;
  /** before the window, or used up by an earlier conversion */
  readonly early: number;
}

/**
 * The touches of a window, ordered.
 * @throws AttributionError `bad-journey` for what cannot be ordered, `bad-parameter` for a window that is none
 */
export function eligible<T extends RecordedTouch>(
  touches: readonly T[],
  window: Window,
): { readonly touches: readonly Dated<T>[]; readonly leftOut: LeftOut } {
  checkTouches(touches);
  checkWindow(window);
  const { end, lengthMs, after } = window;
  const dated = touches.filter(isDated);
  const inTime = dated.filter(({ at }) => at <= end);
  const within = inTime
    .filter(({ at }) => (lengthMs === null || at >= end - lengthMs) && (after === null || at > after))
    .sort(compareTouches);
  return {
    touches: within,
    leftOut: {
      undated: touches.length - dated.length,
      late: dated.length - inTime.length,
      early: inTime.length - within.length,
    },
  };
}

function checkWindow({ lengthMs }: Window): void {
  if (lengthMs !== null && !(Number.isSafeInteger(lengthMs) && lengthMs >= 0)) {
    const remedy = 'Give whole milliseconds, not negative, or null for no window.';
    throw new AttributionError('bad-parameter', 'windowMs', 'The window has no length.', remedy);
  }
}
