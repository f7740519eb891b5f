import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { environment } from './browser.config.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * The path of a Chromium. Installs Debian's package where none is there and it may; this takes about a minute, once.
 * @throws Error that says what to install
 */
export function chromiumPath(): string {
  const named = environment.CHROMIUM;
  if (named !== undefined) {
    if (existsSync(named)) return named;
    throw new Error(
      `CHROMIUM names ${named}, which is not there. Give the path of a Chromium, or leave it out.`,
    );
  }
  const found = PLACES.find(existsSync) ?? installed();
  if (found !== undefined) return found;
  throw new Error(
    'There is no Chromium for the tests of the pages. Install Chromium or Chrome (on Debian as root: ' +
      '`apt-get install chromium`), or give its path in CHROMIUM.',
  );
}

function installed(): string | undefined {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const apt = (...words: string[]) =>
    spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...words], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: 'ignore',
    });
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium');
  return PLACES.find(existsSync);
}
