import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { printable } from '../output.ts';
import { UsageError } from '../usage.error.ts';

/** @param file its path, or `-` for standard input. @throws UsageError */
export async function readJson(file: string): Promise<unknown> {
  const given = await (
    file === '-' ? text(process.stdin) : readFile(resolve(process.env['INIT_CWD'] ?? '.', file), 'utf8')
  ).catch((error: Error) => {
    throw new UsageError(`${file} cannot be read: ${error.message}. Give a JSON file that is there.`);
  });
  try {
    return JSON.parse(given.replace(/^\ufeff/, '')) as unknown;
  } catch (error) {
    throw new UsageError(
      printable(`${file} is no JSON: ${(error as Error).message}. --help shows what such a file looks like.`),
    );
  }
}
