import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { localRoot, readRunning } from '@throughline/client';
import type { Command } from 'commander';
import { UsageError } from './context.ts';
import { say, show, table } from './output.ts';

export function addData(program: Command): void {
  const data = program.command('data').description('the data directories of this machine');
  data
    .command('show')
    .description('where they lie, how large they are, which one is in use')
    .action((_options: object, command: Command) => {
      const found = directories();
      show(command, found, () => {
        say(`Below ${localRoot}`);
        table(
          ['name', 'megabytes', 'PostgreSQL port', 'in use'],
          found.map(({ name, bytes, port, inUse }) => [
            name,
            (bytes / 1e6).toFixed(1),
            port,
            inUse ? 'yes' : '',
          ]),
          'Nothing yet: `npm start` makes one.',
        );
        if (found.length > 0) say('', 'The passwords of the database roles are in <name>/credentials.json.');
      });
    });
  data
    .command('reset')
    .argument('<name>', 'a name that `data show` lists')
    .option('--yes', 'do not ask')
    .description('remove a data directory with everything in it, for good')
    .action(async (name: string, options: { yes?: boolean }) => {
      const found = directories().find((each) => each.name === name);
      if (!found) throw new UsageError(`There is no data directory ${name}. There are: ${names()}.`);
      if (found.inUse)
        throw new UsageError(`${name} is in use: stop Throughline (Ctrl-C where it runs) and try again.`);
      if (!options.yes && !(await confirmed(`Remove ${found.path} for good? (yes/no) `)))
        return say('Nothing was removed.');
      rmSync(found.path, { recursive: true, force: true });
      say(`Removed ${name}.`);
    });
}

interface Directory {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** of its server while it runs, on 127.0.0.1; the roles' passwords are in credentials.json */
  readonly port: number | null;
  readonly inUse: boolean;
}

function directories(): Directory[] {
  if (!existsSync(localRoot)) return [];
  const inUse = readRunning()?.data;
  return readdirSync(localRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(localRoot, entry.name, 'credentials.json')))
    .map(({ name }) => ({
      name,
      path: join(localRoot, name),
      bytes: bytesIn(join(localRoot, name)),
      port: portIn(join(localRoot, name)),
      inUse: inUse === join(localRoot, name),
    }));
}

const names = () =>
  directories()
    .map(({ name }) => name)
    .join(', ') || 'none';

function portIn(path: string): number | null {
  const note = join(path, 'postgres/port');
  return existsSync(note) ? Number(readFileSync(note, 'utf8')) : null;
}

function bytesIn(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.size ?? 0;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}

async function confirmed(question: string): Promise<boolean> {
  const asked = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await asked.question(question)).trim().toLowerCase() === 'yes';
  } finally {
    asked.close();
  }
}
