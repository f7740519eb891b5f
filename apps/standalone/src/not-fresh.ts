import type { Client } from '@throughline/client';

interface Fresh {
  readonly checks: Readonly<
    Record<string, { readonly ok: boolean; readonly detail?: Readonly<Record<string, unknown>> }>
  >;
}

/** What of this process is not up to date, a line each with every reason that is told in words. */
export async function notFresh(client: Pick<Client, 'health'>): Promise<readonly string[]> {
  const { checks } = await client.health<Fresh>('journeys');
  return Object.entries(checks).flatMap(([name, { ok, detail = {} }]) => {
    if (ok) return [];
    const reasons = Object.values(detail).filter((it) => typeof it === 'string');
    return [`${name}: ${reasons.join('; ') || 'behind'}`];
  });
}
