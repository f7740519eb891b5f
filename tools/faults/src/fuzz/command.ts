import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainProcess } from '@throughline/standalone/testing';
import { InvalidArgumentError, type Command } from 'commander';
import { fuzz, type Failure, type Fuzzed } from './fuzz.ts';

interface Options {
  readonly seed?: number;
  readonly runs: number;
  readonly only?: string;
  readonly path?: string;
  readonly url?: string;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

export function addFuzzCommand(program: Command): void {
  program
    .command('fuzz')
    .description(
      'Sends good and spoilt requests to every route of every service, made from /openapi.json, and holds each answer ' +
        'to what is promised. Starts an installation of its own in a temporary folder, and removes it.',
    )
    .option('--seed <s>', 'a random one unless told', natural)
    .option('--runs <n>', 'requests a route', natural, 200)
    .option('--only <text>', 'only routes whose METHOD /path contains this')
    .option('--path <p>', 'with --seed and --only: the one request that a failure named')
    .option('--url <url>', 'an installation that runs already: what is sent stays in it')
    .action(async (options: Options) => {
      const found = options.url === undefined ? await onOwn(options) : await run(options, options.url);
      report(found);
      process.exitCode = found.failures.length === 0 ? 0 : 1;
    });
}

async function onOwn(options: Options): Promise<Fuzzed> {
  const home = mkdtempSync(join(tmpdir(), 'throughline-fuzz-'));
  try {
    say('starting an installation with the sample company …');
    const installation = await mainProcess(home);
    try {
      return await run(options, installation.running.urls.touches);
    } finally {
      await installation.end('SIGTERM');
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function run({ seed = randomInt(2 ** 31), ...options }: Options, url: string): Promise<Fuzzed> {
  say(`seed ${seed}, ${options.runs} requests a route, at ${url}`);
  return fuzz({
    ...options,
    seed,
    url,
    onProgress: (done, total) =>
      process.stderr.write(`\r${done} of ${total} routes${done === total ? '\n' : ''}`),
  });
}

function report({ operations, requests, statuses, failures }: Fuzzed): void {
  for (const failure of failures) say(inWords(failure));
  const answered = Object.entries(statuses).map(([status, count]) => `${status}: ${count}`);
  say(`${requests} requests to ${operations} routes; ${answered.join(', ')}`);
  say(failures.length === 0 ? 'Every answer was as promised.' : `${failures.length} routes broke a promise.`);
}

/** With the words that repeat it. */
export function inWords({ operation, seed, path, why, request }: Failure): string {
  return `${operation}: ${why}\n  ${request}\n  again: npm run faults -- fuzz --seed ${seed} --only '${operation}' --path '${path}'\n`;
}

function natural(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
