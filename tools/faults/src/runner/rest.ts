import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from './service.ts';
import type { World } from './world.ts';

interface Fresh {
  readonly checks?: Readonly<
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
] as const;
const LOOK_MS = 250;

/** Waits until everything has gone through, with nobody's help. @returns what had not, after the limit in milliseconds */
export async function rest(world: World, limitMs: number): Promise<string[]> {
  const end = performance.now() + limitMs;
  const late: string[] = [];
  for (const [service, check] of hops) {
    let left = await waiting(world.services[service], check);
    while (left !== 0 && performance.now() < end) {
      await pause(LOOK_MS);
      left = await waiting(world.services[service], check);
    }
    if (left !== 0) late.push(`${check}: ${left ?? 'no answer about what'} waits after ${limitMs / 1_000} s`);
  }
  return late;
}

async function waiting({ ownUrl }: Service, check: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${ownUrl}/health/fresh`, { signal: AbortSignal.timeout(5_000) });
    const detail = ((await response.json()) as Fresh).checks?.[check]?.detail;
    return detail?.pending ?? detail?.events;
  } catch {
    return undefined;
  }
}

/** Runs a job of the projection. @returns what it found against the live tables, null when nothing */
export async function projectionJob(world: World, job: 'verify' | 'rebuild'): Promise<string | null> {
  const url = `${world.services.journeys.ownUrl}/v1/projection/${job}`;
  interface State {
    readonly state: string;
    readonly error: string | null;
    readonly result: {
      readonly equal: boolean;
      readonly tables: readonly { readonly table: string; readonly equal: boolean }[];
    } | null;
  }
  await fetch(url, { method: 'POST' });
  for (;;) {
    const state = (await (await fetch(url)).json()) as State;
    if (state.state === 'failed') return `${job} failed: ${state.error}`;
    if (state.state === 'done') {
      const differ = state.result?.tables.filter(({ equal }) => !equal).map(({ table }) => table) ?? [];
      return state.result?.equal === true ? null : `${job}: ${differ.join(', ')} differ`;
    }
    await pause(200);
  }
}
