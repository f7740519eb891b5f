import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { localRoot } from '@throughline/client';

/** Read here alone; telemetry takes its OTEL_* keys from it. */
export const environment = process.env;

export const help = `Throughline on one machine: every service in one process over an embedded PostgreSQL.

  npm start                      opens the simulated sample company
  npm start -- --empty           opens an empty installation for real data
  npm start -- --data <folder>   opens another data directory (made when missing, without the sample)

Options:
  --port <number>   the HTTP port, 3400 unless told; 0 takes any free one
  --help            this text

Stop it with Ctrl-C. Remove a data directory with \`npx throughline data reset <name>\`.`;

export interface StandaloneConfig {
  readonly data: string;
  readonly sample: boolean;
  readonly port: number;
  readonly help: boolean;
}

/** @throws with the option that is wrong and what it takes */
export function readOptions(words: readonly string[]): StandaloneConfig {
  const values = parsed(words);
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port takes 0 to 65535, not ${values.port}.`);
  const sample = !values.empty && values.data === undefined;
  return {
    data: values.data === undefined ? join(localRoot, sample ? 'sample' : 'data') : resolve(values.data),
    sample,
    port,
    help: values.help,
  };
}

function parsed(words: readonly string[]) {
  try {
    const options = {
      empty: { type: 'boolean', default: false },
      data: { type: 'string' },
      port: { type: 'string', default: '3400' },
      help: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args: [...words], options }).values;
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${said}\n\`npm start -- --help\` lists what there is.`, { cause });
  }
}
