import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Plan } from './plan.ts';

const DIRECTORY = new URL('../../corpus/', import.meta.url);

/** A plan that once broke a promise. */
export interface Kept {
  readonly seed: number;
  readonly path: string;
  /** the first line of what it broke */
  readonly broke: string;
  /** kept whole: the plan that a seed stands for changes with the generator */
  readonly plan: Plan;
}

/** The plans that every run begins with, by file name. */
export function readCorpus(): ReadonlyMap<string, Kept> {
  const files = readdirSync(DIRECTORY).filter((file) => file.endsWith('.json'));
  return new Map(
    files.sort().map((file) => [file, JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8')) as Kept]),
  );
}

/** @returns the file, to be checked in */
export function keep(kept: Kept): string {
  const file = new URL(`${kept.seed}-${kept.path.split(':')[0]}.json`, DIRECTORY);
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
  return file.pathname;
}
