import { started } from './servers.ts';

/** Stops what the set-up started, and only that. */
export default async function stopServers(): Promise<void> {
  const stops = started().splice(0).reverse();
  const results = await Promise.allSettled(stops.map((stop) => stop()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
