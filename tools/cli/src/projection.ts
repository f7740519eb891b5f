import { setTimeout as pause } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { Client } from '@throughline/client';
import { clientOf, UsageError } from './context.ts';
import { progress, say, show, table } from './output.ts';
import { printCoverage, type Covered } from './coverage.ts';

interface Compared {
  readonly table: string;
  readonly rows: number;
  readonly rebuiltRows: number;
  readonly live: string;
  readonly rebuilt: string;
  readonly equal: boolean;
}

interface Result {
  readonly equal: boolean;
  readonly switched?: boolean;
  readonly schema?: string;
  readonly eventsRead?: number | string;
  readonly complete?: boolean;
  readonly coverage?: readonly Covered[];
  readonly tables?: readonly Compared[];
}

interface Job {
  readonly state: 'idle' | 'running' | 'done' | 'failed';
  readonly progress: { readonly eventsDone: number; readonly eventsTotal: number } | null;
  readonly result: Result | null;
  readonly error: string | null;
}

const POLL_MS = 300;

/** Whose views: the service that has them, and its routes. */
const paths = { journeys: '/v1/projection', attribution: '/v1/evidence/projection' } as const;

interface Chosen {
  readonly of: keyof typeof paths;
  readonly evenIfDifferent?: boolean;
}

export function addProjection(program: Command): void {
  const of = () =>
    new Option('--of <service>', 'whose views').choices(Object.keys(paths)).default('journeys');
  program
    .command('verify')
    .addOption(of())
    .description(
      'read the whole log, build every table anew, and compare it with the live one; exits 1 when one differs or a record was not read',
    )
    .action(async (options: Chosen, command: Command) => {
      const result = await run(clientOf(command), 'verify', options);
      show(command, result, (it) => print(it, options.of));
      if (!result.equal || result.complete === false) process.exitCode = 1;
    });
  program
    .command('rebuild')
    .addOption(of())
    .option('--even-if-different', 'switch although the digests differ')
    .description('build the views anew from the log beside the live ones, compare, and switch')
    .action(async (options: Chosen, command: Command) => {
      const result = await run(clientOf(command), 'rebuild', options);
      show(command, result, (it) => print(it, options.of));
      if (!result.switched) process.exitCode = 1;
    });
  program
    .command('rollback')
    .addOption(of())
    .description(
      'go back to the views before the last rebuild, after they have caught up; those of another version, with its program',
    )
    .action(async (options: Chosen, command: Command) => {
      const result = await run(clientOf(command), 'rollback', options);
      show(command, result, () => say('Rolled back.'));
    });
}

/** Starts the job and waits for its end, showing how far it is. */
async function run(client: Client, name: string, { of, evenIfDifferent }: Chosen): Promise<Result> {
  const path = `${paths[of]}/${name}`;
  await client.post(of, evenIfDifferent ? `${path}?evenIfDifferent=true` : path);
  const bar = progress(name);
  try {
    for (;;) {
      const { state, progress: done, result, error } = await client.get<Job>(of, path);
      if (done) bar.update(done.eventsDone, done.eventsTotal);
      if (state === 'failed') throw new UsageError(`The ${name} failed: ${error}`);
      if (state === 'done' && result) return result;
      await pause(POLL_MS);
    }
  } finally {
    bar.stop();
  }
}

function print(
  { equal, switched, schema, eventsRead, coverage, tables = [] }: Result,
  of: Chosen['of'],
): void {
  table(
    ['table', 'rows live', 'rows rebuilt', 'full digest live', 'full digest rebuilt', 'equal'],
    tables.map((each) => [
      each.table,
      each.rows,
      each.rebuiltRows,
      each.live,
      each.rebuilt,
      each.equal ? 'yes' : 'NO',
    ]),
  );
  say(
    'Full digests compare tables over one log (GET /v1/digests?kind=full); those of content, two logs.',
    '',
  );
  if (coverage !== undefined) printCoverage(coverage);
  else if (eventsRead !== undefined) say(`${eventsRead} offsets of the log were read.`);
  const different = tables.filter((each) => !each.equal).map((each) => each.table);
  const allowed = switched ? ', which another version or --even-if-different allows' : '';
  const whole = coverage === undefined || coverage.every((each) => each.complete);
  const same = whole
    ? 'Live and rebuilt are equal.'
    : 'NOT PROVEN: the tables are equal as far as the log was read, and it was not read whole.';
  say(equal ? same : `DIFFERENT: ${different.join(', ')}${allowed}.`);
  if (switched !== undefined)
    say(switched ? `Switched to ${schema}; \`throughline rollback --of ${of}\` goes back.` : 'Not switched.');
}
