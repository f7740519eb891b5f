import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import { openBrowser } from './index.ts';

/** The first run may install the browser. */
const INSTALLED_MS = 600_000;

it(
  'shows a page of this machine under the name that it is given, and resolves no other',
  async () => {
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<h1>Here</h1>');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const browser = await openBrowser({ hosts: { 'somewhere.test': '127.0.0.1' } });
    const page = await browser.newPage();
    await page.goto(`http://somewhere.test:${port}/`);
    expect(await page.textContent('h1')).toBe('Here');
    await expect(page.goto('http://elsewhere.test/')).rejects.toThrow('ERR_NAME_NOT_RESOLVED');
    await browser.close();
    server.close();
  },
  INSTALLED_MS,
);
