import { setTimeout as pause } from 'node:timers/promises';
import type { Attack } from './fault.ts';

const RECOVERED_MS = 5_000;

/** PostgreSQL is back: the services must be, by themselves, soon. */
export async function recovered({ world, did }: Attack): Promise<void> {
  const from = performance.now();
  const answers = async ({ ownUrl }: { ownUrl: string }, path: string) =>
    (await fetch(`${ownUrl}${path}`, { signal: AbortSignal.timeout(2_000) }).catch(() => null))?.status ===
    404;
  const asked = [
    [world.services.leads, '/v1/leads/nobody'],
    [world.services.opportunities, '/v1/opportunities/nothing'],
  ] as const;
  for (const [service, path] of asked)
    while (service.isRunning && performance.now() - from < 60_000 && !(await answers(service, path)))
      await pause(50);
  const took = Math.round(performance.now() - from);
  did(`commands are taken ${took} ms after PostgreSQL`);
  if (took > RECOVERED_MS) world.unrest.push(`commands were taken only ${took} ms after PostgreSQL was back`);
}
