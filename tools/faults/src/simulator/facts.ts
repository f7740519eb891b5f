import type { JourneyEvent } from '@throughline/contracts';
import { sampleEvent } from '@throughline/contracts';
import type { PlannedFact } from './plan.ts';
import { POISON_VISITOR } from './world.ts';

const SOURCE = 'https://site.example';
const RECORDED = '2026-03-10T00:00:00.250Z';

/** Equal ids under one key, perhaps with other content: the first of them stands. */
export function factOf(fact: PlannedFact): JourneyEvent {
  const when = fact.day === null ? null : `2026-03-0${fact.day}T09:30:00.120Z`;
  const envelope = {
    source: SOURCE,
    occurredAt: when,
    precision: when === null ? ('unknown' as const) : ('instant' as const),
    recordedAt: RECORDED,
  };
  switch (fact.says) {
    case 'touch': {
      const visitor = fact.visitor === 2 ? POISON_VISITOR : `visitor-${fact.visitor}`;
      return sampleEvent('touch.recorded', { ...envelope, sourceId: `touch-${fact.id}`, data: { visitor } });
    }
    case 'withdrawal': {
      const sourceId = `withdrawal-${fact.id}`;
      const data = { touch: `touch-${fact.touch}`, reason: `day ${fact.day}` };
      return sampleEvent('touch.withdrawn', { ...envelope, sourceId, data });
    }
    case 'account': {
      const account = `account-${fact.account}`;
      const sourceId = `${account}-${fact.id}`;
      return sampleEvent('account.described', {
        ...envelope,
        sourceId,
        data: { account, employees: fact.size },
      });
    }
    case 'edge': {
      const { relation, holds } = fact;
      const from = relation === 'same-person' ? `person-${fact.from}` : `visitor-${fact.from}`;
      const to = `person-${fact.to}`;
      const ends = [from, to].sort().join('-');
      const edge = { ...envelope, sourceId: `${ends}-${fact.id}` };
      return holds
        ? sampleEvent('identity.linked', { ...edge, data: { relation, from, to } })
        : sampleEvent('identity.unlinked', { ...edge, data: { relation, from, to, withdrawn: true } });
    }
  }
}
