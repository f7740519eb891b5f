import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from './service.ts';
import type { World } from './world.ts';

interface Fresh {
  readonly checks?: Readonly<
    Record<
      string,
      { readonly detail?: Readonly<Partial<Record<'pending' | 'events' | 'wishes', number | null>>> }
    >
  >;
}

/** The hops after a door, each after those that feed it, so that one look at each in turn is enough. */
const hops = [
  ['touches', 'touches.outbox'],
  ['opportunities', 'opportunities.outbox'],
  ['leads', 'leads.reactor'],
  ['leads', 'leads.outbox'],
  ['journeys', 'journeys.projection'],
  ['attribution', 'attribution.evidence'],
  ['attribution', 'attribution.reactor'],
  ['attribution', 'attribution.outbox'],
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
    const left = detail?.pending ?? detail?.events;
    return typeof left === 'number' ? left + (detail?.wishes ?? 0) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a job of the projection. @returns what it found against the live tables, null when nothing */
export async function projectionJob(world: World, job: 'verify' | 'rebuild'): Promise<string | null> {
  const url = `${world.services.journeys.ownUrl}/v1/projection/${job}`;
  const ended = await jobAt<Compared>(url);
  if (ended.result === null) return `${job} failed: ${ended.error}`;
  return ended.result.equal ? null : `${job}: ${differing(ended.result)} differ`;
}

interface CreditCompared {
  readonly equal: boolean;
  readonly evidence: Compared;
  readonly credit: { readonly equal: boolean; readonly differing: readonly string[] };
  readonly rates: { readonly differing: readonly string[] };
}

/** Lets attribution prove its credit. @returns what it found, null when nothing */
export async function creditVerified(world: World): Promise<string | null> {
  const ended = await jobAt<CreditCompared>(`${world.services.attribution.ownUrl}/v1/credit/verify`);
  if (ended.result === null) return `verify failed: ${ended.error}`;
  const { equal, evidence, credit, rates } = ended.result;
  if (equal) return null;
  const all = [differing(evidence), ...credit.differing, ...rates.differing].filter(Boolean);
  return `verify: ${all.join(', ')} differ`;
}

interface Compared {
  readonly equal: boolean;
  readonly tables: readonly { readonly table: string; readonly equal: boolean }[];
}

interface Job<T> {
  readonly state: string;
  readonly error: string | null;
  readonly result: T | null;
}

/** Starts a job and waits for its end. */
async function jobAt<T>(url: string): Promise<Job<T>> {
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
  for (;;) {
    const job = (await (await fetch(url)).json()) as Job<T>;
    if (job.state === 'failed') return { ...job, result: null };
    if (job.state === 'done') return job;
    await pause(200);
  }
}

const differing = ({ tables }: Compared): string =>
  tables
    .filter(({ equal }) => !equal)
    .map(({ table }) => table)
    .join(', ');
