import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Finding } from '../judge/judge.ts';
import type { Happened } from './attack.ts';

/** What of the options makes one run another. */
export interface RunName {
  readonly seed: number;
  readonly log: string;
  readonly seconds: number;
  readonly rate: number;
  readonly only: string | null;
  readonly planted: string | null;
}

/** One line of the results. */
export interface Result extends RunName {
  /** of the program that was attacked, where git knows it; -dirty: with changes that are not committed */
  readonly revision: string | null;
  readonly verdict: 'held' | 'broken';
  readonly startedAt: string;
  readonly tookSeconds: number;
  /** from the end of the load until nothing waited any more */
  readonly restSeconds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly surprises: Readonly<Record<string, number>>;
  readonly faults: readonly Happened[];
  /** promises that were broken, with the first examples */
  readonly against: readonly Finding[];
}

export function readResults(path: string): Result[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Result);
}

export function addResult(path: string, result: Result): void {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, `${JSON.stringify(result)}\n`);
}

export function isSame(a: RunName, b: RunName): boolean {
  const keys = ['seed', 'log', 'seconds', 'rate', 'only', 'planted'] as const;
  return keys.every((key) => a[key] === b[key]);
}

/** A line added to the results by the run before changes nothing of the program. */
export function revision(): string | null {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' }).trim();
  try {
    const changed = git(
      'status',
      '--porcelain',
      '--untracked-files=no',
      '--',
      ':/',
      ':(top,exclude)*/results/*.jsonl',
    );
    return `${git('describe', '--always', '--exclude=*')}${changed === '' ? '' : '-dirty'}`;
  } catch {
    return null;
  }
}
