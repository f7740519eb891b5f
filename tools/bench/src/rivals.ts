import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../../..');
const wanted = join(import.meta.dirname, '../rivals');

/**
 * The node_modules folder of what the benches compare with and the services never load, installed by `npm ci` into
 * .cache/bench-rivals on first use (some seconds). A folder stands for one lock file, appears by one rename and is
 * never changed, so it is whole or not there.
 * @throws with npm's own words when it could not be installed
 */
export async function rivals(): Promise<string> {
  const lock = await readFile(join(wanted, 'package-lock.json'));
  const cache = join(root, '.cache/bench-rivals');
  const home = join(cache, createHash('sha256').update(lock).digest('hex').slice(0, 16));
  if (!existsSync(home)) await install(cache, home);
  return join(home, 'node_modules');
}

/** A package of the rivals', loaded by its ESM entry. */
export async function importRival<T>(name: string): Promise<T> {
  const modules = await rivals();
  const manifest = createRequire(join(modules, 'from-here.js'))(`${modules}/${name}/package.json`) as {
    readonly module: string;
  };
  return (await import(pathToFileURL(join(modules, name, manifest.module)).href)) as T;
}

async function install(cache: string, home: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  const arriving = await mkdtemp(join(cache, 'arriving-'));
  try {
    for (const file of ['package.json', 'package-lock.json'])
      await copyFile(join(wanted, file), join(arriving, file));
    const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: arriving,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = (await once(npm, 'exit')) as [number | null];
    if (code !== 0) throw new Error(`npm ci of ${wanted} ended with ${code}; mend what it says above.`);
    // Another run may have been quicker; what it made is the same.
    if (!existsSync(home)) await rename(arriving, home);
  } finally {
    await rm(arriving, { recursive: true, force: true });
  }
}
