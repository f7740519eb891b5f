import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { memoryLog } from '@throughline/log';
import { oneProcess, type OneProcess } from '@throughline/standalone/testing';
import { inWords } from './command.ts';
import { fuzz } from './fuzz.ts';

const SEED = 20261122;
const RUNS = 24;

describe('every route of every service, by its own document', () => {
  const log = memoryLog();
  let services: OneProcess;
  let url: string;
  beforeAll(async () => {
    services = await oneProcess({ log });
    url = services.client.urls.touches;
  });
  afterAll(async () => {
    await services.stop();
    await log.close();
  });

  it('I1, I6: answers as it promises, refuses nothing good, and keeps what it refuses byte for byte', async () => {
    const { failures, operations, requests } = await fuzz({ url, seed: SEED, runs: RUNS, shrink: false });
    expect(failures.map(inWords)).toEqual([]);
    expect(operations).toBeGreaterThan(60);
    expect(requests).toBe(operations * RUNS);
  });

  it('I6: is healthy afterwards, and everything that was taken is applied, nothing parked', async () => {
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    await services.settled();
    expect(await services.journeys.accounting()).toMatchObject({ parked: 0, balanced: true });
  });
});
