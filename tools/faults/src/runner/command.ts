import { join } from 'node:path';
import { localRoot } from '@throughline/client';
import { KafkaToolMissing } from '@throughline/kafka-broker';
import type { Command } from 'commander';
import { listFaults, showResult, showSummary } from './report.ts';
import { cleanUp, RunDirectory } from './processes.ts';
import { addResult, isSame, readResults, type Result, type RunName } from './results.ts';
import {
  defaults,
  possible,
  readAsked,
  WrongOption,
  type Asked,
  type CommandOptions,
} from './run-options.ts';
import { run } from './run.ts';

const WITHOUT_KAFKA =
  'Without Kafka: --brokers 0 puts the log on PostgreSQL and leaves out what needs a broker.';
const home = join(localRoot, 'faults');
const kept = join(localRoot, 'faults-kept');
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `run` and `list`. */
export function addRunCommand(program: Command): void {
  program
    .command('run')
    .description('Real processes under load, attacked and healed by a seeded schedule, then judged.')
    .option('--seed <number>', 'of the first run; the first that has no result yet unless told')
    .option('--runs <number>', 'how many, each with the next seed', defaults.runs)
    .option('--seconds <number>', 'of load and faults in each', defaults.seconds)
    .option('--rate <number>', 'items a second that are sent', defaults.rate)
    .option('--brokers <number>', 'Kafka brokers: 1 or 3; 0 puts the log on PostgreSQL', defaults.brokers)
    .option('--standalone', 'every service in one process, as npm start runs them', false)
    .option('--faults <names>', 'only these, by name or number, with commas between')
    .option('--planted <name>', 'with this bug planted in the services, which the judge must find')
    .option('--results <file>', 'where each run adds a line', defaults.results)
    .option('--again', 'runs a seed that has a result once more', false)
    .action(async (options: CommandOptions) => {
      try {
        process.exitCode = await runAll(readAsked(options));
      } catch (error) {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = error instanceof WrongOption ? 2 : 1;
      }
    });
  program
    .command('list')
    .description(
      'Every fault with its number in the matrix, and where those are tried that the runner leaves out.',
    )
    .action(() => say(listFaults()));
}

/** @returns 0 all promises held, 1 one was broken, 130 interrupted */
async function runAll(asked: Asked): Promise<number> {
  const interrupted = new AbortController();
  const stop = () => interrupted.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const cleaned = await cleanUp(home);
  if (cleaned > 0) say(`Ended and removed what ${cleaned} killed run${cleaned === 1 ? '' : 's'} had left.`);
  const { faults, leftOut } = possible(asked);
  if (leftOut.length > 0) say(`Left out: ${leftOut.join(', ')}.`);
  const done: Result[] = [];
  let ran = 0;
  for (let seed = asked.seed ?? 1; ran < asked.runs && !interrupted.signal.aborted; seed += 1) {
    const name = nameOf(asked, seed);
    const known = asked.again ? undefined : readResults(asked.results).find((result) => isSame(result, name));
    if (known) {
      if (asked.seed === null) continue;
      say(`Seed ${seed} has been run: ${known.verdict}. --again runs it once more.`);
      done.push(known);
      ran += 1;
      continue;
    }
    const result = await one({ ...asked, faults }, name, interrupted.signal);
    ran += 1;
    if (result === null) continue;
    addResult(asked.results, result);
    done.push(result);
    say(showResult(result));
  }
  if (interrupted.signal.aborted) return 130;
  if (done.length > 1) say(showSummary(done));
  return done.length === ran && done.every(({ verdict }) => verdict === 'held') ? 0 : 1;
}

/** @returns null when it came to no verdict: interrupted, or what it needs did not start */
async function one(asked: Asked, name: RunName, signal: AbortSignal): Promise<Result | null> {
  const directory = RunDirectory.make(home, `seed-${name.seed}`);
  const from = performance.now();
  const progress = (what: string) => {
    if (!signal.aborted)
      say(`  seed ${name.seed}  ${((performance.now() - from) / 1_000).toFixed(0).padStart(3)} s  ${what}`);
  };
  const env = asked.planted === null ? {} : { THROUGHLINE_PLANTED: asked.planted };
  try {
    const result = await run({ ...asked, ...name, directory, env, signal, say: progress });
    if (result.verdict === 'broken') progress(`kept in ${directory.keep(join(kept, `seed-${name.seed}`))}`);
    return result;
  } catch (error) {
    if (error instanceof KafkaToolMissing)
      throw new WrongOption(`${error.message}\n${WITHOUT_KAFKA}`, { cause: error });
    if (!signal.aborted)
      say(`seed ${name.seed}: no verdict. ${error instanceof Error ? error.stack : String(error)}`);
    return null;
  } finally {
    directory.remove();
  }
}

function nameOf({ standalone, brokers, seconds, rate, only, planted }: Asked, seed: number): RunName {
  const log = standalone ? 'standalone' : brokers === 0 ? 'postgres' : `kafka-${brokers}`;
  return { seed, log, seconds, rate, only, planted };
}
