import type { KnownIds } from './request.ts';

const LEAD = 'fuzz-lead';
const OPPORTUNITY = 'fuzz-opportunity';
const ACCOUNT = 'fuzz-account';

/** Makes a few of everything that has an id, so that good requests name what is there. */
export async function knownIds(url: string): Promise<KnownIds> {
  const post = async (path: string, body: unknown) => {
    const headers = { 'idempotency-key': `fuzz${path}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as { id?: string; quarantine?: string; events?: { id: string }[] };
  };
  const lead = await post('/v1/leads', { id: LEAD, data: {} });
  await post('/v1/opportunities', { id: OPPORTUNITY, data: { account: ACCOUNT, leads: [LEAD] } });
  const touch = await post('/v1/touches', { kind: 'activity', touchType: 'page-view', account: ACCOUNT });
  const kept = await Promise.all([1, 2, 3].map((n) => post('/v1/touches', { nonsense: n })));
  const events = [lead.events?.[0]?.id, touch.id].flatMap((id) => id ?? []);
  const quarantined = kept.flatMap(({ quarantine }) => quarantine ?? []);
  return ({ path }, parameter) => {
    if (parameter === 'eventId' || path.startsWith('/v1/events/')) return events;
    if (path.startsWith('/v1/quarantine/')) return quarantined;
    if (path.startsWith('/v1/leads/')) return [LEAD];
    if (path.startsWith('/v1/opportunities/')) return [OPPORTUNITY];
    if (path.startsWith('/v1/journeys/') && parameter === 'id') return [LEAD, OPPORTUNITY, ACCOUNT];
    return [];
  };
}
