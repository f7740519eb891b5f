import type { EventName } from './catalogue.ts';
import type { JourneyEvent } from './event.ts';

/** Narrows an event to one of these names, and with it its data. */
export function isEvent<N extends EventName>(
  event: JourneyEvent,
  ...names: readonly N[]
): event is JourneyEvent<N> {
  return (names as readonly EventName[]).includes(event.name);
}
