import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, readIfThere, startOf } from './process-table.ts';

/**
 * Claims a data directory for this process, so that a second program neither adopts nor stops the server of a living
 * one. A claim whose process is gone is void.
 * @returns what gives it back
 * @throws when a living process holds it
 */
export function claim(directory: string): () => void {
  const file = join(directory, 'owner');
  const holder = readHolder(file);
  if (holder !== null) {
    throw new Error(
      `The data directory ${directory} is in use by process ${holder}: stop that one, or choose another directory`,
    );
  }
  rmSync(file, { force: true });
  try {
    writeFileSync(file, identity(process.pid), { flag: 'wx' });
  } catch (cause) {
    throw new Error(`The data directory ${directory} was taken by another process just now`, { cause });
  }
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): number | null {
  const held = readIfThere(file) ?? '';
  const pid = Number.parseInt(held);
  return pid > 0 && isAlive(pid) && identity(pid) === held ? pid : null;
}

/** Number and start time: a number alone may have gone to another process since. */
function identity(pid: number): string {
  return `${pid} ${startOf(pid)}`;
}
