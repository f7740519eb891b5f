import { existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import Table from 'cli-table3';
import { localRoot } from '@throughline/client';
import { benches } from './benches.ts';
import { runBenches } from './run.ts';
import { readEntries, Report } from './report.ts';
import { markdown, sections, withoutRepeats } from './table.ts';

const say = (text: string) => void process.stdout.write(`${text}\n`);

/** One line that is written over on a terminal, and a line each elsewhere. */
function show(line: string): void {
  process.stderr.write(
    process.stderr.isTTY ? `\r\x1b[K${line.slice(0, process.stderr.columns - 1)}` : `${line}\n`,
  );
}

function scaleOf(word: string): number {
  const scale = Number(word);
  if (scale > 0 && scale <= 100) return scale;
  throw new InvalidArgumentError('It takes a number over 0, up to 100; 1 is the full work.');
}

function refuse(why: string): void {
  process.stderr.write(`${why}\n`);
  process.exitCode = 2;
}

function printTable(named: string): void {
  const file = resolve(process.env['INIT_CWD'] ?? '.', named);
  if (existsSync(file)) say(markdown(readEntries(file)));
  else refuse(`There is no ${file}; runs are kept in ${folder}.`);
}

const folder = join(localRoot, 'bench');
const program = new Command('bench')
  .description(
    'Measures the path of an event, beside what others do with the same work, on servers of its own.',
  )
  .argument('[names...]', 'the benches to run; all unless named')
  .option('--scale <number>', 'of the work: 0.1 for a quick look', scaleOf, 1)
  .option('--table <file>', 'measures nothing: prints what a JSON file of earlier runs holds, as markdown')
  .addHelpText(
    'after',
    `\nBenches:\n${benches.map(({ name, what }) => `  ${name.padEnd(11)} ${what}`).join('\n')}\n
Each comparison alternates its two sides in one run; the ratio is ours to theirs within a round, given as minimum,
median and maximum. Everything found is kept in ${folder}. Ctrl-C stops the servers and removes their data.
Without Java, or with NO_KAFKA=1, what needs Kafka is left out.`,
  )
  .action(async (names: string[], options: { scale: number; table?: string }) => {
    if (options.table !== undefined) return printTable(options.table);
    const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
    if (unknown.length > 0) {
      const known = benches.map(({ name }) => name).join(', ');
      return refuse(`There is no bench ${unknown.join(', ')}; there are: ${known}.`);
    }
    const file = join(folder, `${new Date().toISOString().slice(0, 10)}.json`);
    const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}`;
    const report = new Report({ file, scale: options.scale, machine, show });
    const chosen = names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name));
    const failed = await runBenches(chosen, report, {
      scale: options.scale,
      plots: folder,
      kafka: process.env['NO_KAFKA'] !== '1',
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    for (const { head, rows } of sections(report.entries)) {
      const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
      table.push(...withoutRepeats(rows));
      say(table.toString());
    }
    say(`Kept in ${file}`);
    for (const { name, error } of failed) say(`${name} FAILED: ${error.stack ?? error.message}`);
    process.exitCode = failed.length > 0 ? 1 : 0;
  });

await program.parseAsync();
