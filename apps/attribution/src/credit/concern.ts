import { isEvent, withdrawnTouch, type EventData, type JourneyEvent } from '@throughline/contracts';

/** What events name from which deals can be found that they may concern. */
export interface Concern {
  readonly opportunities: readonly string[];
  readonly accounts: readonly string[];
  readonly persons: readonly string[];
  readonly visitors: readonly string[];
  readonly leads: readonly string[];
  /** event ids of touches told before */
  readonly touches: readonly string[];
}

/** What stands under the id of an event: an edge, its lower end first, or a touch; null: it is the other. */
export interface Standing {
  readonly relation: EventData<'identity.linked'>['relation'] | null;
  readonly low: string | null;
  readonly high: string | null;
  readonly touch: string | null;
}

type Named = { readonly [K in keyof Concern]?: readonly (string | null)[] };

const kinds = ['opportunities', 'accounts', 'persons', 'visitors', 'leads', 'touches'] as const;

/** Everything that these events name, or what stands under their ids, each once; what changes no credit names nothing. */
export function concernOf(events: readonly JourneyEvent[], standing: readonly Standing[] = []): Concern {
  const named = [...events.map(namedBy), ...standing.map(namedByStanding)];
  const all = (kind: keyof Concern) => [
    ...new Set(named.flatMap((it) => it[kind] ?? []).filter((it) => it !== null)),
  ];
  return Object.fromEntries(kinds.map((kind) => [kind, all(kind)])) as unknown as Concern;
}

/** Whether it is learnt from them who is who, which touches that were told before are named by. */
export function tellWhoIsWho(events: readonly JourneyEvent[], standing: readonly Standing[]): boolean {
  return (
    standing.some(({ relation }) => relation !== null) ||
    events.some((event) => isEvent(event, 'identity.linked', 'identity.unlinked'))
  );
}

export function isNobodys(concern: Concern): boolean {
  return kinds.every((kind) => concern[kind].length === 0);
}

function namedBy(event: JourneyEvent): Named {
  if (isEvent(event, 'touch.recorded')) {
    const { opportunity, account, person, visitor, lead } = event.data;
    // what names a deal is that deal's alone
    if (opportunity !== null) return { opportunities: [opportunity] };
    return { accounts: [account], persons: [person], visitors: [visitor], leads: [lead] };
  }
  if (isEvent(event, 'touch.withdrawn')) return { touches: [withdrawnTouch(event)] };
  if (isEvent(event, 'identity.linked', 'identity.unlinked')) {
    const { relation, from, to } = event.data;
    return namedByStanding({ relation, low: from, high: to, touch: null });
  }
  if (isEvent(event, 'lead.captured')) return { leads: [event.key] };
  if (isEvent(event, 'lead.converted'))
    return { leads: [event.key], opportunities: [event.data.opportunity] };
  if (!event.name.startsWith('opportunity.')) return {};
  return changesNoCredit.has(event.name) ? {} : { opportunities: [event.key] };
}

function namedByStanding({ relation, low, high, touch }: Standing): Named {
  if (relation === 'visitor-is-person') return { visitors: [low], persons: [high] };
  if (relation === 'same-person') return { persons: [low, high] };
  if (relation === 'person-in-account') return { persons: [low], accounts: [high] };
  return { touches: [touch] };
}

const changesNoCredit = new Set<JourneyEvent['name']>([
  'opportunity.stage-changed',
  'opportunity.close-date-changed',
  'opportunity.fit-judged',
  'opportunity.exception-granted',
]);
