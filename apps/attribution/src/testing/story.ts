import { sampleEvent, type EventData, type JourneyEvent } from '@throughline/contracts';

type Data<N extends 'touch.recorded' | 'opportunity.opened' | 'opportunity.won'> = Partial<EventData<N>>;

const nobody = {
  ...{ visitor: null, person: null, account: null, lead: null, opportunity: null, actor: null },
  ...{ campaign: null, asset: null, cost: null, url: null, utm: null, attributes: null, team: null },
};

/** @param day `2026-01-05`, or an instant; null: undated */
function when(day: string | null): Pick<JourneyEvent, 'occurredAt' | 'precision'> {
  if (day === null) return { occurredAt: null, precision: 'unknown' };
  return { occurredAt: new Date(day).toISOString(), precision: 'instant' };
}

/** A touch that says only what is given; an activity, unless told. */
export function touch(id: string, day: string | null, data: Data<'touch.recorded'> = {}): JourneyEvent {
  const said = { touchType: 'page-view', kind: 'activity' as const, channel: null, ...nobody, ...data };
  return sampleEvent('touch.recorded', { sourceId: id, ...when(day), data: said });
}

/** Takes back the touch with this id. */
export function withdrawn(id: string, touch: string): JourneyEvent {
  const data = { touch, source: null, reason: null, by: null };
  return sampleEvent('touch.withdrawn', { sourceId: id, ...when('2026-03-05'), data });
}

type Relation = EventData<'identity.linked'>['relation'];

export function linked(id: string, day: string | null, relation: Relation, from: string, to: string) {
  const data = { relation, from, to, traits: null, evidence: null };
  return sampleEvent('identity.linked', { sourceId: id, ...when(day), data });
}

export function unlinked(
  id: string,
  day: string | null,
  edge: { readonly relation: Relation; readonly from: string; readonly to: string },
  withdrawn = true,
) {
  return sampleEvent('identity.unlinked', { sourceId: id, ...when(day), data: { ...edge, withdrawn } });
}

/** A stream's event at its version. */
export function decided<N extends 'lead.captured' | 'lead.converted' | `opportunity.${Step}`>(
  name: N,
  stream: string,
  version: number,
  day: string | null,
  data: Partial<EventData<N>> = {},
): JourneyEvent {
  const entity = name.startsWith('lead.') ? { lead: stream } : { opportunity: stream };
  return sampleEvent(name, {
    sourceId: `${stream}-${version}`,
    stream: { id: stream, version },
    ...when(day),
    data: { ...data, ...entity } as Partial<EventData<N>>,
  }) as JourneyEvent;
}

type Step = 'opened' | 'won' | 'lost' | 'reopened' | 'amount-changed' | 'contact-added' | 'contact-removed';

export const captured = (lead: string, day: string | null, person: string | null, account: string | null) =>
  decided('lead.captured', lead, 1, day, { person, account, touch: null, campaign: null, source: null });

export const opened = (deal: string, day: string | null, account: string | null, leads: string[] = []) =>
  decided('opportunity.opened', deal, 1, day, { account, leads, amount: null });

/** @param amount minor units of euro; null: not told */
export const won = (deal: string, version: number, day: string | null, amount: number | null) =>
  decided('opportunity.won', deal, version, day, {
    amount: amount === null ? null : { amount, currency: 'EUR' },
    ...{ contributors: null, by: 'seller-1' },
  });
