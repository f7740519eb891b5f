import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceUrls } from './client.ts';
import { localRoot } from './local.config.ts';

/** What a running local installation tells the tools on the same machine. */
export interface Running {
  readonly pid: number;
  readonly data: string;
  readonly urls: ServiceUrls;
  readonly log: {
    readonly kind: 'postgres' | 'kafka';
    readonly brokers?: readonly string[];
    /** keys such as KAFKA_PASSWORD that a client of the brokers needs */
    readonly access?: Readonly<Record<string, string>>;
  };
  /** database URL of the read-only role on the journeys views; holds its password */
  readonly analystUrl: string;
}

const path = join(localRoot, 'running.json');

/** Readable by its owner alone. */
export function writeRunning(running: Running): void {
  mkdirSync(localRoot, { recursive: true });
  writeFileSync(path, JSON.stringify(running, null, 2), { mode: 0o600 });
}

/** Takes the note away if it is this process's. */
export function removeRunning(pid: number): void {
  if (readNote()?.pid === pid) rmSync(path, { force: true });
}

/** The installation that runs now, or null; a note left by a killed process does not count. */
export function readRunning(): Running | null {
  const note = readNote();
  if (!note) return null;
  try {
    process.kill(note.pid, 0);
    return note;
  } catch {
    return null;
  }
}

function readNote(): Running | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Running;
  } catch {
    return null;
  }
}
