import { setTimeout as pause } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import type { Client } from '@throughline/client';
import { clientOf, UsageError } from './context.ts';
import { progress, say, show, table } from './output.ts';

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
      'read the whole log, fold it anew, and compare every table with the live one; exits 1 when one differs',
    )
    .action(async (options: Chosen, command: Command) => {
      const result = await run(clientOf(command), 'verify', options);
      show(command, result, (it) => print(it, options.of));
      if (!result.equal) process.exitCode = 1;
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

function print({ equal, switched, schema, eventsRead, tables = [] }: Result, of: Chosen['of']): void {
  table(
    ['table', 'rows live', 'rows rebuilt', 'digest live', 'digest rebuilt', 'equal'],
    tables.map((each) => [
      each.table,
      each.rows,
      each.rebuiltRows,
      each.live,
      each.rebuilt,
      each.equal ? 'yes' : 'NO',
    ]),
  );
  say('');
  if (eventsRead !== undefined) say(`${eventsRead} events read, which is every event of the log.`);
  const different = tables.filter((each) => !each.equal).map((each) => each.table);
  const allowed = switched ? ', which another version or --even-if-different allows' : '';
  say(equal ? 'Live and rebuilt are equal.' : `DIFFERENT: ${different.join(', ')}${allowed}.`);
  if (switched !== undefined)
    say(switched ? `Switched to ${schema}; \`throughline rollback --of ${of}\` goes back.` : 'Not switched.');
}
