import {
  eventId,
  sampleEvent,
  type DecisionName,
  type EventData,
  type JourneyEvent,
  type Relation,
} from '@throughline/contracts';

/** `2026-01-05`: known to the day; `2026-01-05T10:00`: an instant; null: undated. */
export type When = string | null;

const nobody = { visitor: null, person: null, account: null, lead: null, opportunity: null } as const;

function time(when: When): Pick<JourneyEvent, 'occurredAt' | 'precision'> {
  if (when === null) return { occurredAt: null, precision: 'unknown' };
  if (when.length === 10) return { occurredAt: `${when}T00:00:00.000Z`, precision: 'day' };
  return { occurredAt: `${when}:00.000Z`, precision: 'instant' };
}

/** The same, sent by another system. */
export function told(source: string, event: JourneyEvent): JourneyEvent {
  const id = eventId(source, event.sourceId);
  return { ...event, source, id, key: event.key === event.id ? id : event.key };
}

/** A touch that names only whom `data` names. */
export function touch(
  sourceId: string,
  when: When,
  data: Partial<EventData<'touch.recorded'>>,
): JourneyEvent {
  return sampleEvent('touch.recorded', { sourceId, ...time(when), data: { ...nobody, ...data } });
}

export function link(
  sourceId: string,
  when: When,
  relation: Relation,
  from: string,
  to: string,
): JourneyEvent {
  return sampleEvent('identity.linked', { sourceId, ...time(when), data: { relation, from, to } });
}

export function unlink(
  sourceId: string,
  when: When,
  ...[relation, from, to, withdrawn]: [Relation, string, string, boolean]
): JourneyEvent {
  return sampleEvent('identity.unlinked', {
    sourceId,
    ...time(when),
    data: { relation, from, to, withdrawn },
  });
}

/** Says that the touch with this sourceId never was. */
export function withdrawal(
  sourceId: string,
  when: When,
  of: string,
  data: Partial<EventData<'touch.withdrawn'>> = {},
): JourneyEvent {
  return sampleEvent('touch.withdrawn', { sourceId, ...time(when), data: { touch: of, ...data } });
}

/** The n-th event of a lead or opportunity; its sourceId is `<stream>-<n>`. */
export function decision<N extends DecisionName>(
  name: N,
  stream: string,
  version: number,
  when: When,
  data: Partial<EventData<N>>,
): JourneyEvent {
  const own = name.startsWith('lead.') ? { lead: stream } : { opportunity: stream };
  const place = { sourceId: `${stream}-${version}`, stream: { id: stream, version } };
  return sampleEvent(name, {
    ...place,
    ...time(when),
    data: { ...own, ...data } as Partial<EventData<N>>,
  }) as JourneyEvent;
}
