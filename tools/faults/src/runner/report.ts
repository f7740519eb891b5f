import Table from 'cli-table3';
import { elsewhere } from '../fault/elsewhere.ts';
import { faults } from '../fault/faults.ts';
import type { Result } from './results.ts';

/** Every fault by its number, and those of the matrix that are tried elsewhere. */
export function listFaults(): string {
  const table = new Table({
    head: ['#', 'fault', 'what happens', 'how it heals', 'needs'],
    colWidths: [5, 22, 58, 44, 9],
    wordWrap: true,
  });
  for (const { number, name, what, heals, needs } of faults)
    table.push([number, name, what, heals, needs ?? '']);
  const others = new Table({
    head: ['#', 'not in a run', 'where it is tried'],
    colWidths: [5, 40, 90],
    wordWrap: true,
  });
  for (const { number, what, where } of elsewhere) others.push([number, what, where]);
  return `${table.toString()}\n\n${others.toString()}`;
}

export function showResult(result: Result): string {
  const table = new Table({
    head: ['s', 'fault', 'for s', 'what was done'],
    colWidths: [7, 26, 8, 90],
    wordWrap: true,
  });
  for (const { at, number, name, seconds, did } of result.faults)
    table.push([at ?? 'end', `${number} ${name}`, seconds, did.join('; ')]);
  const { counts, surprises, against } = result;
  const figures = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  const odd = Object.entries(surprises).map(([what, times]) => `  ${times} × ${what}`);
  const broken = against.flatMap((finding) => [
    `BROKEN ${finding.check}`,
    ...finding.against.map((each) => `  ${each}`),
  ]);
  return [
    table.toString(),
    figures.join(', '),
    ...(odd.length > 0 ? ['answers that said neither yes nor no:', ...odd] : []),
    `seed ${result.seed} over ${result.log}: ${result.verdict} (${result.tookSeconds} s in all, at rest after ${result.restSeconds} s)`,
    ...broken,
  ].join('\n');
}

export function showSummary(results: readonly Result[]): string {
  const table = new Table({
    head: ['seed', 'log', 'verdict', 'faults', 'calls', 'items', 'unknown', 'rest s', 'took s'],
  });
  for (const { seed, log, verdict, faults: happened, counts, restSeconds, tookSeconds } of results)
    table.push([
      seed,
      log,
      verdict,
      happened.length,
      counts['calls'],
      counts['items'],
      counts['unknown'],
      restSeconds,
      tookSeconds,
    ]);
  const broken = results.filter(({ verdict }) => verdict === 'broken').map(({ seed }) => seed);
  const sum = (name: string) => results.reduce((total, { counts }) => total + (counts[name] ?? 0), 0);
  const verdict = broken.length === 0 ? 'every promise held' : `broken in the seeds ${broken.join(', ')}`;
  return `${table.toString()}\n${results.length} runs, ${sum('items')} items, ${sum('records')} records: ${verdict}.`;
}
