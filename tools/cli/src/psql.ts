import { spawnSync } from 'node:child_process';
import { Database } from '@throughline/postgres';
import type { Command } from 'commander';
import { runningHere, UsageError } from './context.ts';
import { show, table, type Cell } from './output.ts';

export function addPsql(program: Command): void {
  program
    .command('psql')
    .option('-c, --command <sql>', 'run one statement and print its rows; needs no psql on this machine')
    .description('read the journeys views (schema analytics_v1) as a role that can only read')
    .action(async (options: { command?: string }, command: Command) => {
      const { analystUrl } = runningHere();
      if (options.command !== undefined) return runOne(command, analystUrl, options.command);
      const url = new URL(analystUrl);
      const { error, status } = spawnSync(
        'psql',
        ['-h', url.hostname, '-p', url.port, '-U', url.username, url.pathname.slice(1)],
        {
          stdio: 'inherit',
          env: {
            ...process.env,
            PGPASSWORD: decodeURIComponent(url.password),
            PGOPTIONS: '-c search_path=analytics_v1',
          },
        },
      );
      if (error)
        throw new UsageError(
          'psql is not installed here: use `throughline psql -c "select …"`, or install postgresql-client.',
        );
      process.exitCode = status ?? 1;
    });
}

async function runOne(command: Command, url: string, sql: string): Promise<void> {
  const database = await Database.open({ url, name: 'throughline psql', poolSize: 1 });
  try {
    const rows = await database.transaction(async (tx) => {
      await tx.query('SET LOCAL search_path = analytics_v1');
      const { rows: found } = (await tx.query(sql)) as { rows?: Record<string, unknown>[] };
      if (found === undefined) throw new UsageError('-c takes one statement, not several.');
      return found;
    });
    const columns = Object.keys(rows[0] ?? {});
    show(command, rows, () =>
      table(
        columns,
        rows.map((row) => columns.map((name) => cell(row[name]))),
        '(no rows)',
      ),
    );
  } catch (error) {
    throw new UsageError((error as Error).message);
  } finally {
    await database.close();
  }
}

const cell = (value: unknown): Cell =>
  value === null || value === undefined
    ? null
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
