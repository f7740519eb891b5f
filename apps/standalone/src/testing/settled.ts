import type { Client, ServiceName } from '@throughline/client';
import { eventually } from '@throughline/log/testing';

interface Fresh {
  readonly checks: Readonly<
    Record<string, { readonly detail?: { readonly pending?: number; readonly events?: number } }>
  >;
}

/** The hops after a door, each after those that feed it, so that one look at each in turn is enough. */
const hops = [
  ['touches', 'touches.outbox'],
  ['opportunities', 'opportunities.outbox'],
  ['leads', 'leads.reactor'],
  ['leads', 'leads.outbox'],
  ['journeys', 'journeys.projection'],
  ['attribution', 'attribution.reactor'],
  ['attribution', 'attribution.outbox'],
] as const;

/** Waits until what was sent before the call has gone through outbox, log, reactor and projection. */
export async function settled(
  client: Client,
  among: readonly ServiceName[] = ['touches', 'leads', 'opportunities', 'journeys', 'attribution'],
): Promise<void> {
  for (const [service, check] of hops) {
    if (!among.includes(service)) continue;
    await eventually(`nothing to wait at ${check}`, async () => {
      const detail = (await client.health<Fresh>(service)).checks[check]?.detail;
      return detail !== undefined && (detail.pending ?? detail.events) === 0;
    });
  }
}
