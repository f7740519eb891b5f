import { randomInt } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { keep, readCorpus } from './corpus.ts';
import { hunt, type Caught } from './hunt.ts';
import { withPostgres } from './server.ts';
import { Broken, simulate } from './simulate.ts';
import { World } from './world.ts';

interface Options {
  readonly seeds: number;
  readonly seed?: number;
  readonly path?: string;
  readonly lanes: number;
  readonly shrink: boolean;
  readonly keep: boolean;
  readonly corpus: boolean;
}

const STORY_LINES = 60;

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
    .description(
      'Runs random histories of the whole path, real code on a real PostgreSQL, under random schedules, crashes and ' +
        'lost answers, and judges what is left. Everything follows from the seed.',
    )
    .option('--seeds <n>', 'how many histories', positive, 200)
    .option('--seed <s>', 'where to begin; a random one unless told', natural)
    .option('--path <p>', 'with --seed: the one history that a failure named', path)
    .option('--lanes <n>', 'how many histories at once', positive, 3)
    .option('--no-shrink', 'stop at the first failure as it is')
    .option('--no-keep', 'do not add a failing history to the corpus')
    .option('--no-corpus', 'leave out the histories that once failed')
    .action((options: Options, command: Command) => {
      if (options.path && options.seed === undefined)
        command.error('--path goes with the --seed it was printed with.');
      return withPostgres(async (signal) => {
        process.exitCode = (await run(options, signal)) ? 0 : 1;
      });
    });
}

async function run(options: Options, signal: AbortSignal): Promise<boolean> {
  const seed = options.seed ?? randomInt(2 ** 31);
  const single = options.path === undefined ? {} : { path: options.path };
  const lanes = options.path === undefined ? options.lanes : 1;
  const worlds = await Promise.all(Array.from({ length: lanes }, () => World.open('simulator')));
  try {
    if (options.corpus && !options.path && !(await replayCorpus(worlds, signal))) return false;
    const runs = options.path === undefined ? options.seeds : 1;
    const progress = progressOf(runs, seed);
    const caught = await hunt(worlds, {
      ...options,
      ...single,
      seed,
      runs,
      signal,
      onRun: () => progress.one(),
    });
    progress.end();
    if (!caught) return true;
    tell(caught);
    if (options.keep && !options.path) {
      const [broke = ''] = caught.broke.split('\n');
      console.log(`Kept as ${keep({ seed: caught.seed, path: caught.path, broke, plan: caught.plan })}`);
    }
    return false;
  } finally {
    await Promise.all(worlds.map((world) => world.close()));
  }
}

async function replayCorpus([world]: readonly World[], signal: AbortSignal): Promise<boolean> {
  const corpus = [...readCorpus()];
  for (const [file, { plan }] of corpus) {
    if (!world || signal.aborted) return true;
    try {
      await simulate(world, plan);
    } catch (error) {
      console.log(`${file}: ${(error as Error).message}`);
      if (error instanceof Broken) console.log(error.story.slice(-STORY_LINES).join('\n'));
      return false;
    }
  }
  console.log(`${corpus.length} kept histories hold`);
  return true;
}

function tell({ seed, path: at, broke, story }: Caught): void {
  console.log(story.slice(-STORY_LINES).join('\n'));
  console.log(`\n${broke}\n\nAgain: npm run faults -- simulate --seed ${seed} --path ${at}`);
}

/** A line that is written over where somebody looks, and one every ten seconds in a file. */
function progressOf(runs: number, seed: number) {
  const [began, { isTTY }] = [performance.now(), process.stdout];
  let [done, said] = [0, began];
  const say = () => {
    const rate = (done / (performance.now() - began)) * 1_000;
    const line = `seed ${seed}: ${done} of ${runs} histories hold, ${rate.toFixed(1)} a second`;
    process.stdout.write(isTTY ? `\r${line} ` : `${line}\n`);
  };
  return {
    one() {
      done += 1;
      if (performance.now() - said < (isTTY ? 200 : 10_000)) return;
      said = performance.now();
      say();
    },
    end() {
      say();
      if (isTTY) process.stdout.write('\n');
    },
  };
}

function positive(text: string): number {
  const number = natural(text);
  if (number === 0) throw new InvalidArgumentError('It must be 1 or more.');
  return number;
}

function natural(text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) >= 2 ** 32)
    throw new InvalidArgumentError('A whole number below 2^32.');
  return Number(text);
}

function path(text: string): string {
  if (!/^\d+(:\d+)*$/.test(text))
    throw new InvalidArgumentError('It looks like 17:0:3, as a failure printed it.');
  return text;
}
