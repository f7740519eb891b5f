import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openBrowser } from '@throughline/browser';
import { mainProcess, type MainProcess } from '../src/testing/main-process.ts';

type Browser = Awaited<ReturnType<typeof openBrowser>>;
interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
}
/** An answer that the page could read. */
interface Attempt {
  readonly path: string;
  readonly how: string;
  readonly status: number;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const NAMES = { 'attacker.test': '127.0.0.1', 'rebound.test': '127.0.0.1' };
/** Served by the test in the place of the service: what a rebound name showed before it was bound again. */
const OWN_PAGE = '/page-of-attacker';
const REFUSED = [403, 415, 421];
const LONG_MS = 600_000;

/** Real pages in a real browser, on origins that are not the installation's own, try every route of the document. */
describe('[log: postgres] npm start, called by a page of another origin', () => {
  const home = mkdtempSync(join(tmpdir(), 'throughline-origin-'));
  const attacker = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<title>A page of somebody else</title>'),
  );
  let main: MainProcess;
  let browser: Browser;
  let url: string;
  let operations: readonly Operation[];

  beforeAll(async () => {
    await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve));
    main = await mainProcess(home);
    url = main.running.urls.touches;
    browser = await openBrowser({ hosts: NAMES });
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
    operations = Object.entries(paths).flatMap(([path, item]) =>
      (['get', 'post'] as const)
        .filter((method) => method in item)
        .map((method) => ({ method, path: path.replaceAll(/\{[^}]+\}/g, 'x') })),
    );
  }, LONG_MS);
  afterAll(async () => {
    await browser?.close();
    await main?.end('SIGINT');
    attacker.close();
    rmSync(home, { recursive: true, force: true });
  }, LONG_MS);

  const state = async () => {
    const read = async (path: string) => (await fetch(url + path)).json();
    return {
      accounting: await read('/v1/accounting'),
      quarantine: await read('/v1/quarantine'),
      rebuild: await read('/v1/projection/rebuild'),
      entries: await read('/v1/digests?kind=content'),
      models: await read('/v1/attribution-models'),
    };
  };

  /** @returns the statuses that the service answered, and what the page could read */
  async function attacked(page: string, target: string): Promise<{ statuses: number[]; read: Attempt[] }> {
    const context = await browser.newContext();
    const tab = await context.newPage();
    const statuses: number[] = [];
    const network = await context.newCDPSession(tab);
    const called = new Set<string>();
    // Also of what the browser then keeps from the page.
    network.on('Network.requestWillBeSent', ({ requestId, request }) => {
      if (request.url.startsWith(target) && !request.url.endsWith(OWN_PAGE)) called.add(requestId);
    });
    network.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => {
      if (called.has(requestId)) statuses.push(statusCode);
    });
    await network.send('Network.enable');
    await tab.route(`**${OWN_PAGE}`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<title>A page of somebody else</title>' }),
    );
    await tab.addInitScript({ path: join(import.meta.dirname, 'attack-page.js') });
    await tab.goto(page);
    const read = await tab.evaluate<Attempt[]>(`attack(${JSON.stringify({ target, operations })})`);
    await context.close();
    return { statuses, read };
  }

  it.each([
    ['on another site', 'attacker.test'],
    ['on another port of this machine', '127.0.0.1'],
    ['on another name of this machine', 'localhost'],
  ])(
    'S1 writes and reads nothing from a page %s',
    async (_, name) => {
      const { port } = attacker.address() as AddressInfo;
      const before = await state();
      const { statuses, read } = await attacked(`http://${name}:${port}/`, url);
      expect(operations.length).toBeGreaterThan(80);
      expect(statuses.length).toBeGreaterThan(operations.length * 2);
      expect(statuses.filter((status) => !REFUSED.includes(status))).toEqual([]);
      expect(read).toEqual([]);
      expect(await state()).toEqual(before);
    },
    LONG_MS,
  );

  it(
    'S1 writes and reads nothing from a page whose name was bound to this machine after it was loaded',
    async () => {
      const { port } = new URL(url);
      const target = `http://rebound.test:${port}`;
      const before = await state();
      const { statuses, read } = await attacked(target + OWN_PAGE, target);
      expect(statuses.length).toBeGreaterThan(operations.length);
      expect([...new Set(statuses)]).toEqual([421]);
      expect(read.filter(({ status }) => status !== 421)).toEqual([]);
      expect(await state()).toEqual(before);
    },
    LONG_MS,
  );

  it('S1 goes on to answer the pages of its own', async () => {
    const page = await browser.newPage();
    const failures: string[] = [];
    page.on('console', (message) => message.type() === 'error' && failures.push(message.text()));
    await page.goto(url);
    await page.waitForSelector('.opblock');
    const status = await page.evaluate(async () => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ id: 'lead-of-own-page', data: {} });
      return (await fetch('/v1/leads', { method: 'POST', headers, body })).status;
    });
    expect(status).toBe(200);
    expect(failures).toEqual([]);
    await page.close();
  });
});
