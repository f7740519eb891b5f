import { setTimeout as pause } from 'node:timers/promises';
import type { Client, ServiceName } from '@throughline/client';

interface Fresh {
  readonly checks: Readonly<
    Record<string, { readonly detail?: { readonly pending?: number; readonly events?: number } }>
  >;
}

/** The hops after a door, each after those that feed it, so that one look at each in turn is enough. */
const hops: readonly (readonly [ServiceName, string])[] = [
  ['touches', 'touches.outbox'],
  ['opportunities', 'opportunities.outbox'],
  ['leads', 'leads.reactor'],
  ['leads', 'leads.outbox'],
  ['journeys', 'journeys.projection'],
  ['attribution', 'attribution.evidence'],
  ['attribution', 'attribution.reactor'],
  ['attribution', 'attribution.outbox'],
];

/**
 * Waits until what was sent before the call has gone through outbox, log, reactor and projection.
 * @returns the seconds it took
 * @throws after `seconds`, naming the hop at which something waits
 */
export async function settled(client: Client, seconds: number): Promise<number> {
  const started = performance.now();
  const passed = () => (performance.now() - started) / 1000;
  for (const [service, check] of hops) {
    for (;;) {
      const answer = await client.health<Fresh>(service).catch(() => null);
      const detail = answer?.checks[check]?.detail;
      const waiting = detail?.pending ?? detail?.events;
      if (waiting === 0) break;
      if (passed() > seconds)
        throw new Error(`${waiting ?? 'an unknown number of'} events wait at ${check} after ${seconds} s.`);
      await pause(200);
    }
  }
  return passed();
}
