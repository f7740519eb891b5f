import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliver } from '@throughline/client';
import { memoryLog } from '@throughline/log';
import { sampleCompany } from '@throughline/sample';
import { tryNext } from '@throughline/standalone';
import { oneProcess, type OneProcess } from '@throughline/standalone/testing';
import { json, run } from '../testing/run.ts';

interface Row {
  readonly key: Readonly<Record<string, string>>;
  readonly models: Readonly<Record<string, { readonly amount: string }>>;
}

interface Credit {
  readonly models: readonly string[];
  readonly items: readonly Row[];
  readonly unattributed: readonly Row[];
}

interface Campaigns {
  readonly items: readonly { readonly cost: string; readonly revenue: Row['models'] }[];
}

const DEAL = 'sim-account-alder-works-deal';

describe('[log: memory] credit of the sample company', () => {
  const log = memoryLog();
  let services: OneProcess;
  beforeAll(async () => {
    services = await oneProcess({ log });
    await deliver(sampleCompany(), services.client, { batchSize: 200 });
    await services.settled();
  });
  afterAll(async () => {
    await services.stop();
    await log.close();
  });

  it.each(tryNext(true))('answers `$command`, which npm start says to try', async ({ command }) => {
    const { out, error } = await run(services.url, ...command.split(' '));
    expect(error).toBe('');
    expect(out.split('\n').length).toBeGreaterThan(8);
  });

  it('has several channels, models that differ, and deals that nobody deserves', async () => {
    const { models, items, unattributed } = await json<Credit>(services.url, 'attribution', 'credit');
    expect(items.length).toBeGreaterThanOrEqual(8);
    const column = (model: string) => items.map((row) => row.models[model]?.amount).join();
    expect(new Set(models.map(column)).size).toBeGreaterThanOrEqual(10);
    expect(Number(unattributed[0]?.models['linear']?.amount)).toBeGreaterThan(0);
  });

  it('has lost and open deals, and spend for every campaign but one, which has revenue all the same', async () => {
    for (const outcome of ['lost', 'open']) {
      const words = ['attribution', 'paths', '--outcome', outcome];
      expect((await json<Credit>(services.url, ...words)).items.length).toBeGreaterThan(2);
    }
    const { items } = await json<Campaigns>(services.url, 'attribution', 'return');
    const unknown = items.filter(({ cost }) => cost === 'unknown');
    expect([items.length, unknown.length]).toEqual([6, 1]);
    expect(Number(unknown[0]?.revenue['first']?.amount)).toBeGreaterThan(0);
  });

  it.each(['journeys', 'leads', 'evidence', 'attribution'])('lists what is parked by %s', async (service) => {
    const { out, error } = await run(services.url, 'parked', 'list', '--service', service);
    expect([error, out.trim()]).toEqual(['', 'Nothing is parked.']);
  });

  it.each([
    ['report spend', /sim-campaign-fair .*54000\.00 EUR/],
    ['journey sim-account-alder-works-deal', /Opportunity won · 79000\.00 EUR/],
  ])('%s has money in whole units', async (words, money) => {
    expect((await run(services.url, ...words.split(' '))).out).toMatch(money);
  });

  it.each([
    ...['credit', 'credit --group campaign,team,member', 'credit --measure pipeline --deals'],
    ...['entries --model linear', 'entries --model linear --unattributed', `deal ${DEAL}`],
    ...['paths', 'paths --outcome lost', 'assists', 'assists --by person', 'recognition'],
    ...['return', 'models', 'snapshot', 'recompute', 'verify'],
  ])('%s fits lines of 120 characters', async (words) => {
    const { out, error } = await run(services.url, 'attribution', ...words.split(' '));
    expect(error).toBe('');
    expect(out.length).toBeGreaterThan(100);
    const toRead = out.split('\n').filter((line) => !line.startsWith('  throughline ')); // that is to be copied
    expect(toRead.filter(({ length }) => length > 120)).toEqual([]);
  });
});
