import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the set-up started, for the tear-down of the same process, which loads its modules on its own. */
const STARTED = Symbol.for('throughline.jest.servers');

type Stop = () => Promise<void>;

export function started(): Stop[] {
  const held = globalThis as { [STARTED]?: Stop[] };
  return (held[STARTED] ??= []);
}

/** A directory for a server that may run under another account; removed by the returned function. */
export function serverDirectory(name: string): { directory: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), `throughline-test-${name}-`));
  chmodSync(directory, 0o755);
  return { directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
