import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { faults } from '../fault/faults.ts';
import type { Fault, Loss } from '../fault/fault.ts';

const root = join(import.meta.dirname, '../../../..');
const DEFAULT_RESULTS = join(root, 'tools/faults/results/runs.jsonl');
const PLANTED = join(root, 'tools/faults/src/planted/register.mjs');

export interface CommandOptions {
  readonly seed?: string;
  readonly runs: string;
  readonly seconds: string;
  readonly rate: string;
  readonly brokers: string;
  readonly faults?: string;
  readonly planted?: string;
  readonly results: string;
  readonly again: boolean;
  readonly standalone: boolean;
}

export const defaults = {
  runs: '1',
  seconds: '60',
  rate: '200',
  brokers: '1',
  results: DEFAULT_RESULTS,
} as const;

/** What the user asked for is not to be had; the message lists what is. */
export class WrongOption extends Error {
  override readonly name = 'WrongOption';
}

export interface Asked {
  /** null: the first that has no result yet */
  readonly seed: number | null;
  readonly runs: number;
  readonly seconds: number;
  readonly rate: number;
  readonly brokers: number;
  readonly only: string | null;
  readonly faults: readonly (Fault | Loss)[];
  readonly planted: string | null;
  readonly imports: readonly string[];
  readonly results: string;
  readonly again: boolean;
  /** every service in one process, over the log on PostgreSQL */
  readonly standalone: boolean;
}

/** @throws WrongOption */
export function readAsked(options: CommandOptions): Asked {
  const { again, standalone } = options;
  const brokers = standalone ? 0 : whole('brokers', options.brokers, 0, 3);
  if (brokers === 2) throw new WrongOption('--brokers takes 0 (the log on PostgreSQL), 1 or 3.');
  const chosen = options.faults === undefined ? faults : named(options.faults.split(','));
  if (options.planted !== undefined && !existsSync(PLANTED))
    throw new WrongOption(`--planted needs ${PLANTED}.`);
  return {
    seed: options.seed === undefined ? null : whole('seed', options.seed, 0, 0xffff_ffff),
    runs: whole('runs', options.runs, 1, 1_000_000),
    seconds: whole('seconds', options.seconds, 5, 3_600),
    rate: whole('rate', options.rate, 1, 100_000),
    only: options.faults === undefined ? null : chosen.map(({ name }) => name).join(','),
    planted: options.planted ?? null,
    imports: options.planted === undefined ? [] : [PLANTED],
    ...{ brokers, faults: chosen, results: options.results, again, standalone },
  };
}

/** Those of the faults that this machine and these options allow, and why each other one is left out. */
export function possible(asked: Asked): { faults: readonly (Fault | Loss)[]; leftOut: readonly string[] } {
  const has = { kafka: asked.brokers > 0, disk: process.getuid?.() === 0 && process.platform === 'linux' };
  const lacks = { kafka: 'needs Kafka', disk: 'needs root on Linux' };
  const isHere = ({ where }: Fault | Loss) => where === 'both' || (where === 'one') === asked.standalone;
  const reason = (fault: Fault | Loss) => {
    if (!isHere(fault)) return asked.standalone ? 'needs the services apart' : 'needs --standalone';
    return fault.needs && !has[fault.needs] ? lacks[fault.needs] : null;
  };
  const leftOut = asked.faults.flatMap((fault) =>
    reason(fault) === null ? [] : [`${fault.name} (${reason(fault)})`],
  );
  const faults = asked.faults.filter((fault) => reason(fault) === null);
  if (faults.length === 0) throw new WrongOption(`Nothing is left to do: ${leftOut.join(', ')}.`);
  return { faults, leftOut };
}

function named(names: readonly string[]): (Fault | Loss)[] {
  return names.flatMap((name) => {
    const meant = faults.filter((each) => each.name === name || String(each.number) === name);
    if (meant.length > 0) return meant;
    throw new WrongOption(
      `There is no fault ${name}. There are: ${faults.map((each) => `${each.number} ${each.name}`).join(', ')}.`,
    );
  });
}

function whole(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= low && value <= high) return value;
  throw new WrongOption(`--${option} takes a whole number from ${low} to ${high}, not ${text}.`);
}
