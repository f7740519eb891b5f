import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { json, run } from '../testing/run.ts';
import { toldDeals, type ToldDeals } from '../testing/told-deals.ts';

const folder = mkdtempSync(join(tmpdir(), 'rates-'));
let told: ToldDeals;
beforeAll(async () => {
  told = await toldDeals();
});
afterAll(async () => {
  await told.stop();
  rmSync(folder, { recursive: true });
});

const attribution = (...words: readonly string[]) => run(told.services.url, 'attribution', ...words);
function file(content: string): string {
  const path = join(folder, 'rates.csv');
  writeFileSync(path, content);
  return path;
}

describe('throughline attribution rate', () => {
  it('says how to set one where there is none', async () => {
    const { out } = await attribution('rates');
    expect(out).toContain('`throughline attribution rate USD EUR 2026-03-01 0.92` sets one');
  });

  it('sets a rate, once', async () => {
    const words = ['rate', 'USD', 'EUR', '2026-03-01', '0.92'];
    expect((await attribution(...words)).out).toBe('From 2026-03-01 on 1 USD is 0.92 EUR.\n');
    expect((await attribution(...words)).out).toContain('nothing was changed');
    const { out } = await attribution('rates', '--from', 'USD', '--to', 'EUR');
    expect(out).toMatch(/USD +EUR +2026-03-01 +0.92 +– +20\d\d-/);
  });

  it.each([
    [['rate', 'USD', 'EUR'], 'Say all four'],
    [['rate', 'USD', 'USD', '2026-03-01', '1'], 'Name two currencies'],
    [['rate', 'USD', 'EURO', '2026-03-01', '1'], 'ISO 4217, like EUR'],
    [['rate', 'USD', 'EUR', 'March', '1'], 'existing day, like 2026-03-01'],
    [['rate', 'USD', 'EUR', '2026-03-01', '0'], 'decimal number above 0'],
    [['rate', '--file', 'nowhere.csv'], 'cannot be read'],
    [['rate', 'USD', 'EUR', '--withdraw'], 'Say the pair and the day'],
    [['rate', 'USD', 'EUR', '2026-03-01', '0.92', '--withdraw'], 'without a rate or a file'],
    [['rate', 'USD', 'EUR', '2026-03-01', '--withdraw', '--file', 'x.csv'], 'without a rate or a file'],
    [['rate', 'USD', 'EUR', 'March', '--withdraw'], 'existing day, like 2026-03-01'],
  ])('%p is refused with a remedy', async (words, said) => {
    expect(await attribution(...words)).toMatchObject({ error: expect.stringContaining(said), exitCode: 1 });
  });

  it('takes one back, once', async () => {
    await attribution('rate', 'USD', 'EUR', '2026-04-01', '92');
    const words = ['rate', 'USD', 'EUR', '2026-04-01', '--withdraw'];
    expect((await attribution(...words)).out).toBe('The rate of USD in EUR of 2026-04-01 was taken back.\n');
    expect((await attribution(...words)).out).toContain('No rate of USD in EUR is set for 2026-04-01;');
    const { items } = await json<{ items: { day: string }[] }>(told.services.url, 'attribution', 'rates');
    expect(items.map(({ day }) => day)).toEqual(['2026-03-01']);
  });

  it('reads a file: a bad row is told with its line, and every good row is set', async () => {
    const path = file(
      [
        'to,from,rate,day',
        'EUR,GBP,1.15,2026-01-01',
        'EUR,XXX,2,2026-01-01',
        'EUR,GBP,"1,2",2026-02-01',
      ].join('\n') +
        '\nEUR,USD,0.92,2026-03-01\nEUR,CHF,1.05\nEUR,CHF,1.04,2026-01-01\nEUR,SEK,1,2026-01-01\nEUR,SEK,2,2026-01-01\n',
    );
    const { out, exitCode } = await attribution('rate', '--file', path);
    expect(exitCode).toBe(1);
    expect(out).toContain('2 set, 1 were so already, 5 refused.');
    expect(out).toMatch(/^ +3 .*ISO 4217, like EUR/m);
    expect(out).toMatch(/^ +4 .*decimal number above 0/m);
    expect(out).toMatch(/^ +6 .*has 3 cells where the header has 4/m);
    expect(out).toMatch(/^ +8 .*line 9 and other content: keep one of them/m);
    expect(out).toMatch(/^ +9 .*line 8/m);
    const { items } = await json<{ items: { from: string }[] }>(told.services.url, 'attribution', 'rates');
    expect(items.map(({ from }) => from)).toEqual(['CHF', 'GBP', 'USD']);
    const again = await json(told.services.url, 'attribution', 'rate', '--file', path);
    expect(again).toMatchObject({ set: 0, unchanged: 3 });
  });

  it('lists by page', async () => {
    const { out } = await attribution('rates', '--limit', '1');
    expect(out).toContain('There is more: add --cursor after-1');
  });

  it('are proven with credit, and mended: verify names the pair and the day', async () => {
    const proof = () => attribution('verify');
    expect((await proof()).out).toContain('Exchange rates, as they were set last: equal.');
    await told.services.attribution.query(`update exchange_rate set factor = 9 where from_currency = 'USD'`);
    const { out, exitCode } = await proof();
    expect(out).toContain(
      'Exchange rates, as they were set last: DIFFERENT.\nDIFFERENT: USD/EUR 2026-03-01. ',
    );
    expect(exitCode).toBe(1);
    const mended = await attribution('recompute', '--reason', 'a rate differs');
    expect(mended.out).toContain('; 1 credits or rates differed and were replaced.');
    expect((await proof()).out).toContain('Equal, bit for bit.');
  });

  it('publishes a pair again', async () => {
    const { out } = await run(told.services.url, 'reemit', 'USD/EUR', '--service', 'exchange-rates');
    expect(out).toContain('3 events of USD/EUR wait to be published again.');
  });
});
