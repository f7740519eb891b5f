import { chromium, type Browser } from 'playwright-core';
import { chromiumPath } from './executable.ts';

export interface BrowserOptions {
  /** names that resolve to an address of this machine, such as `{ 'attacker.test': '127.0.0.1' }`; no other name does */
  readonly hosts?: Readonly<Record<string, string>>;
}

/**
 * Starts a headless Chromium with an empty profile that calls nobody by itself. Close it in the end.
 * @throws Error that says what to install where there is none
 */
export function openBrowser({ hosts = {} }: BrowserOptions = {}): Promise<Browser> {
  const rules = [
    ...Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`),
    ...['localhost', '127.0.0.1', ...Object.values(hosts)].map((address) => `EXCLUDE ${address}`),
    'MAP * ~NOTFOUND',
  ];
  return chromium.launch({
    executablePath: chromiumPath(),
    headless: true,
    args: [
      '--no-sandbox', // needed as root; the pages are the project's own and its tests'
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // The newest browsers alone ask before a page calls this machine; services must be safe in all of them.
      '--disable-features=LocalNetworkAccessChecks',
      `--host-resolver-rules=${rules.join(',')}`,
    ],
  });
}
