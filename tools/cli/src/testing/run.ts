import { jest } from '@jest/globals';
import { Command, CommanderError } from 'commander';
import { addCommands } from '../commands.ts';
import { explain } from '../context.ts';

export interface Ran {
  /** what stands on the terminal */
  readonly out: string;
  /** what the user is told of a failure; empty where there was none */
  readonly error: string;
  readonly exitCode: number;
}

/** Runs a command of `throughline` in this process against a service. */
export async function run(url: string, ...words: readonly string[]): Promise<Ran> {
  const written: string[] = [];
  const out = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  const told: string[] = [];
  const program = new Command('throughline')
    .exitOverride()
    .configureOutput({ writeErr: (text) => void told.push(text) });
  addCommands(program);
  try {
    await program.parseAsync(['--url', url, ...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) told.push(explain(error));
    else if (error.exitCode === 0) return { out: written.join(''), error: '', exitCode: 0 };
  } finally {
    out.mockRestore();
  }
  const exitCode = told.length > 0 ? 1 : Number(process.exitCode ?? 0);
  process.exitCode = 0;
  return { out: written.join(''), error: told.join(''), exitCode };
}

/** The JSON that a command answers. */
export async function json<T>(url: string, ...words: readonly string[]): Promise<T> {
  const { out, error } = await run(url, '--json', ...words);
  if (error !== '') throw new Error(error);
  return JSON.parse(out) as T;
}
