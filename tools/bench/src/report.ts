import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';
import type { Result } from './compare.ts';

/** A number, or one with its unit and the bound it should keep. */
export type Figure =
  | number
  | { readonly value: number; readonly unit?: string; readonly atLeast?: number; readonly atMost?: number };
export type Figures = Readonly<Record<string, Figure>>;

export type Finding =
  | ({ readonly kind: 'comparison' } & Result)
  | { readonly kind: 'measurement'; readonly name: string; readonly figures: Figures }
  | { readonly kind: 'left-out'; readonly name: string; readonly why: string };

export type Entry = Finding & {
  readonly bench: string;
  /** ISO 8601 */
  readonly at: string;
  readonly scale: number;
  readonly machine: string;
  /** processes that wanted to run, a minute's average: far over the number of cores, rates alone say little */
  readonly busy: number;
};

export interface ReportOptions {
  /** a JSON array of entries; those of earlier runs stay */
  readonly file: string;
  readonly scale: number;
  readonly machine: string;
  readonly show: (line: string) => void;
}

/** Keeps what the benches find: on disk after each finding, so that an interrupted run loses nothing it had found. */
export class Report {
  readonly entries: Entry[] = [];
  #bench = '';

  constructor(private readonly options: ReportOptions) {}

  /** What is found from here on is this bench's. */
  begin(bench: string): void {
    this.#bench = bench;
  }

  /** Says what runs now. */
  progress(line: string): void {
    this.options.show(`${this.#bench} · ${line}`);
  }

  compared(result: Result): void {
    this.#keep({ kind: 'comparison', ...result });
  }

  measured(name: string, figures: Figures): void {
    this.#keep({ kind: 'measurement', name, figures });
  }

  leftOut(name: string, why: string): void {
    this.#keep({ kind: 'left-out', name, why });
  }

  #keep(finding: Finding): void {
    const { file, scale, machine } = this.options;
    const entry: Entry = {
      ...finding,
      bench: this.#bench,
      at: new Date().toISOString(),
      scale,
      machine,
      busy: loadavg()[0] ?? 0,
    };
    this.entries.push(entry);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.partial`, `${JSON.stringify([...readEntries(file), entry], null, 1)}\n`);
    renameSync(`${file}.partial`, file);
  }
}

/** Every entry of a file, none where there is no file. @throws when it is not what a report wrote */
export function readEntries(file: string): Entry[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Entry[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${file} is not a report of this bench: ${(error as Error).message}`, { cause: error });
  }
}
