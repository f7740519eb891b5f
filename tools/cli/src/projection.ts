import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
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

export function addProjection(program: Command): void {
  program
    .command('verify')
    .description(
      'read the whole log, fold it anew, and compare every table with the live one; exits 1 when one differs',
    )
    .action(async (_options: object, command: Command) => {
      const result = await run(clientOf(command), 'verify');
      show(command, result, print);
      if (!result.equal) process.exitCode = 1;
    });
  program
    .command('rebuild')
    .option('--even-if-different', 'switch although the digests differ')
    .description('build the views anew from the log beside the live ones, compare, and switch')
    .action(async (options: { evenIfDifferent?: boolean }, command: Command) => {
      const result = await run(
        clientOf(command),
        `rebuild${options.evenIfDifferent ? '?evenIfDifferent=true' : ''}`,
      );
      show(command, result, print);
      if (!result.switched) process.exitCode = 1;
    });
  program
    .command('rollback')
    .description('go back to the views before the last rebuild, after they have caught up')
    .action(async (_options: object, command: Command) => {
      const result = await run(clientOf(command), 'rollback');
      show(command, result, () => say('Rolled back.'));
    });
}

/** Starts the job and waits for its end, showing how far it is. */
async function run(client: Client, job: string): Promise<Result> {
  const name = job.replace(/\?.*/, '');
  await client.post('journeys', `/v1/projection/${job}`);
  const bar = progress(name);
  try {
    for (;;) {
      const {
        state,
        progress: done,
        result,
        error,
      } = await client.get<Job>('journeys', `/v1/projection/${name}`);
      if (done) bar.update(done.eventsDone, done.eventsTotal);
      if (state === 'failed') throw new UsageError(`The ${name} failed: ${error}`);
      if (state === 'done' && result) return result;
      await pause(POLL_MS);
    }
  } finally {
    bar.stop();
  }
}

function print({ equal, switched, schema, eventsRead, tables = [] }: Result): void {
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
  say(equal ? 'Live and rebuilt are equal.' : `DIFFERENT: ${different.join(', ')}.`);
  if (switched !== undefined)
    say(switched ? `Switched to ${schema}; \`throughline rollback\` goes back.` : 'Not switched.');
}
