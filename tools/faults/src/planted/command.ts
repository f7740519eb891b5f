import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { InvalidArgumentError, type Command } from 'commander';
import { withPostgres } from '../simulator/server.ts';
import type { Bug } from './bug.ts';
import { bugs } from './bugs.ts';

const REGISTER = new URL('./register.mjs', import.meta.url).href;
const CATCH = fileURLToPath(new URL('./catch.ts', import.meta.url));
const NEEDS_KAFKA = /\/kafka\//;

/** What became of one bug. */
export interface Verdict {
  readonly bug: Bug;
  readonly caught: boolean;
  /** seeds or cases of the contract that it took */
  readonly after: number;
  readonly by: string;
}

export function addPlantedCommand(program: Command): void {
  program
    .command('planted')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .description('Plants known bugs, one at a time, and sees each of them caught: the judge is judged.')
    .argument('[name...]', 'which, all unless told', name)
    .option('--seeds <n>', 'after how many seeds the simulator gives up', Number, 1000)
    .action((names: string[], { seeds }: { seeds: number }) =>
      withPostgres(async (signal) => {
        process.exitCode = (await run(names, seeds, signal)) ? 0 : 1;
      }),
    );
}

async function run(names: readonly string[], seeds: number, signal: AbortSignal): Promise<boolean> {
  const table = new Table({
    head: ['bug', 'caught by', 'after', 'what broke'],
    style: { head: [], border: [] },
  });
  let survived = 0;
  for (const bug of bugs.filter((it) => names.length === 0 || names.includes(it.name))) {
    if (signal.aborted) break;
    if (NEEDS_KAFKA.test(bug.file) && !process.env['KAFKA_BROKERS']) {
      console.log(`${bug.name}: left out, it needs KAFKA_BROKERS`);
      continue;
    }
    if (bug.caughtBy === 'fault run') {
      console.log(`${bug.name}: left out, npm run faults -- run --planted ${bug.name} tries it`);
      continue;
    }
    const { caught, after, by } = await hear(bug, seeds, signal);
    if (!caught) survived += 1;
    console.log(`${bug.name}: ${caught ? `caught after ${after}` : 'SURVIVED'}: ${by.slice(0, 120)}`);
    table.push([bug.name, caught ? bug.caughtBy : 'NOBODY', after, by.slice(0, 70)]);
  }
  console.log(table.toString());
  return survived === 0;
}

/**
 * Runs a bug's catcher in a process that has the bug; what the simulator caught has to hold without the bug, or it was
 * something else that broke.
 */
export async function hear(bug: Bug, seeds: number, signal?: AbortSignal): Promise<Verdict> {
  const { caught, after, where, by } = await inProcess(bug.name, [bug.caughtBy, String(seeds)], signal);
  if (!caught || bug.caughtBy !== 'simulator') return { bug, caught, after, by };
  const without = await inProcess('', ['simulator', '1', ...where.split('/')], signal);
  return without.caught
    ? { bug, caught: false, after, by: `breaks without it too: ${without.by}` }
    : { bug, caught, after, by };
}

async function inProcess(planted: string, words: readonly string[], signal?: AbortSignal) {
  const child = spawn(process.execPath, ['--no-warnings', '--import', REGISTER, CATCH, ...words], {
    env: { ...process.env, THROUGHLINE_PLANTED: planted },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal ? { signal } : {}),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (said += String(bytes)));
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve).once('error', () => resolve(null));
  });
  const verdict = /^(caught|survived) (\d+) ?(\S*) ?(.*)$/m.exec(said);
  if (code !== 0 || !verdict)
    throw new Error(`The catcher of ${planted} ended with ${code}:\n${said.slice(-2_000)}`);
  const [, word, after, where = '', by = ''] = verdict;
  return { caught: word === 'caught', after: Number(after), where, by };
}

function name(text: string, before: string[] | undefined): string[] {
  if (bugs.some((bug) => bug.name === text)) return [...(before ?? []), text];
  throw new InvalidArgumentError(`There are: ${bugs.map((bug) => bug.name).join(', ')}.`);
}
