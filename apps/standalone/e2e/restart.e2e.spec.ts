import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@throughline/client';
import { eventually } from '@throughline/log/testing';
import { Database } from '@throughline/postgres';
import { batch, touches } from '../src/testing/facts.ts';
import { Journeys } from '../src/testing/journeys.ts';
import { mainProcess, type MainProcess } from '../src/testing/main-process.ts';
import { settled } from '../src/testing/settled.ts';

const ENOUGH = 400;

describe('[log: postgres] npm start', () => {
  const home = mkdtempSync(join(tmpdir(), 'throughline-restart-'));
  const acknowledged: string[] = [];
  let main: MainProcess;

  beforeAll(async () => {
    main = await mainProcess(home);
  });
  afterAll(async () => {
    await main.end('SIGINT');
    rmSync(home, { recursive: true, force: true });
  });

  /** Sends request after request and keeps what was acknowledged, until nobody answers any more. */
  async function emit(send: (round: number) => Promise<readonly string[] | null>): Promise<void> {
    for (let round = 1; ; round += 1) {
      const ids = await send(round);
      if (ids === null) return;
      acknowledged.push(...ids);
    }
  }
  async function lost(): Promise<string[]> {
    const analyst = await Database.open({ url: main.running.analystUrl, name: 'restart', poolSize: 1 });
    const { rows } = await analyst.query<{ event_id: string }>(
      'select event_id from analytics_v1.timeline_entry',
    );
    await analyst.close();
    const kept = new Set(rows.map(({ event_id }) => event_id));
    return acknowledged.filter((id) => !kept.has(id));
  }

  it('I1: killed while it takes events, the next start recovers by itself and nothing acknowledged is lost', async () => {
    const { urls } = main.running;
    const emitters = [
      emit((round) => facts(urls.touches, `a${round}`)),
      emit((round) => facts(urls.touches, `b${round}`)),
      emit((round) => leads(urls.leads, `c${round}`)),
    ];
    await eventually('enough to be acknowledged', () => acknowledged.length >= ENOUGH);
    await main.end('SIGKILL');
    await Promise.all(emitters);

    main = await mainProcess(home);
    const client = new Client(main.running.urls);
    await settled(client);
    expect(await lost()).toEqual([]);
    const journeys = new Journeys(client);
    expect(await journeys.accounting()).toMatchObject({ balanced: true, parked: 0 });
    expect((await journeys.verify()).equal).toBe(true);
    expect(await facts(main.running.urls.touches, 'afterwards')).toHaveLength(20);
  });

  it('Ctrl-C leaves no process behind, and what was there is there after the next start', async () => {
    const { postmaster } = main;
    expect(isAlive(postmaster)).toBe(true);
    expect(await main.end('SIGINT')).toBe(0);
    expect(isAlive(postmaster)).toBe(false);
    expect(existsSync(join(home, 'running.json'))).toBe(false);

    main = await mainProcess(home);
    await settled(new Client(main.running.urls));
    expect(await lost()).toEqual([]);
  });
});

/** @returns ids of the events that were acknowledged, null when nobody answers */
async function facts(url: string, label: string): Promise<string[] | null> {
  const [body, contentType] = batch(touches(label, 20));
  const answered = await post<{ id: string }>(`${url}/v1/events`, body, contentType);
  if (answered === null) return null;
  expect(answered.status).toBe(202);
  return answered.results.map(({ id }) => id);
}

async function leads(url: string, label: string): Promise<string[] | null> {
  const commands = Array.from({ length: 10 }, (_, at) => ({
    ...{ command: 'capture', id: `lead-${label}-${at}`, idempotencyKey: `capture-${label}-${at}` },
    ...{ source: 'urn:test:crm', data: { source: 'webinar' } },
  }));
  const body = JSON.stringify({ commands });
  const answered = await post<Caused>(`${url}/v1/leads/commands`, body, 'application/json');
  if (answered === null) return null;
  expect(answered.status).toBe(200);
  return answered.results.flatMap(({ events }) => events.map(({ id }) => id));
}

interface Caused {
  readonly events: readonly { readonly id: string }[];
}

/** @returns null when no whole answer came */
async function post<T>(url: string, body: string, contentType: string) {
  try {
    const response = await fetch(url, { method: 'POST', body, headers: { 'content-type': contentType } });
    const { results } = (await response.json()) as { results: readonly T[] };
    return { status: response.status, results };
  } catch {
    return null;
  }
}

/** Whether it runs; one that has ended and waits to be reaped does not. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return /^[^ZX]/.test(stdout.trim());
}
