import { closeSync, fsync, openSync, readFileSync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Call, Ended, Journalled, Line } from '../judge/call.ts';

const flush = promisify(fsync);

/** What was sent and what became of it, on disk before the call and after it; calls at once share an fsync. */
export class Journal {
  private readonly file: number;
  private flushing: Promise<void> | undefined;
  private waiting: Promise<void> | undefined;

  constructor(readonly path: string) {
    this.file = openSync(path, 'a');
  }

  called(call: Call): Promise<void> {
    return this.write({ call });
  }

  ended(ended: Ended): Promise<void> {
    return this.write({ ended });
  }

  async close(): Promise<void> {
    await this.flushed();
    closeSync(this.file);
  }

  private write(line: Line): Promise<void> {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
    return this.flushed();
  }

  /** One fsync runs and at most one waits; it will hold all that was written before it begins. */
  private flushed(): Promise<void> {
    const next = async (): Promise<void> => {
      await this.flushing;
      this.waiting = undefined;
      this.flushing = flush(this.file);
      await this.flushing;
    };
    this.waiting ??= next();
    return this.waiting;
  }
}

/** The calls of a journal, each with its end; a call without one is unknown. */
export function readJournal(path: string): Journalled[] {
  const calls = new Map<number, { call: Call; ended: Ended | null }>();
  const whole = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  for (const text of whole) {
    const line = JSON.parse(text) as Line;
    if ('call' in line) calls.set(line.call.n, { call: line.call, ended: null });
    else {
      const known = calls.get(line.ended.n);
      if (known) known.ended = line.ended;
    }
  }
  return [...calls.values()];
}
