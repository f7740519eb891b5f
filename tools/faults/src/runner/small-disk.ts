import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';

const SIZE = '400m';

/** A disk in memory, small enough to be filled; only root may. */
export function mountDisk(path: string): void {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0755`, 'throughline-faults', path]);
}

export function unmountDisk(path: string): void {
  execFileSync('umount', ['--lazy', path]);
}

/** Every disk that is mounted below a path. */
export function disksBelow(path: string): string[] {
  const mounts = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8') : '';
  const places = mounts.split('\n').map((line) => line.split(' ')[1] ?? '');
  return places.filter((at) => at.startsWith(`${path}/`));
}
