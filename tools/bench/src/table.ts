import type { Entry, Figure } from './report.ts';

export type Row = readonly string[];

export interface Section {
  readonly head: Row;
  readonly rows: readonly Row[];
}

/** The comparisons, the figures, what was left out, and what limits what: those of them that there are. */
export function sections(entries: readonly Entry[]): Section[] {
  const all: Section[] = [
    {
      head: ['bench', 'comparison', 'ratio min / median / max', 'goal', 'reached', 'ours', 'theirs'],
      rows: entries.flatMap(comparisonRow),
    },
    { head: ['bench', 'of', 'figure', 'value', 'goal', 'reached'], rows: entries.flatMap(figureRows) },
    { head: ['bench', 'left out', 'why'], rows: entries.flatMap(leftOutRow) },
    { head: ['bench', 'comparison', 'what limits it'], rows: entries.flatMap(limitRow) },
  ];
  return all.filter(({ rows }) => rows.length > 0);
}

/** Rows for the eye: of the first two cells, those that the row above has too are left empty. */
export function withoutRepeats(rows: readonly Row[]): string[][] {
  return rows.map((row, at) => {
    const above = at === 0 ? [] : (rows[at - 1] ?? []);
    const isSame = (cell: number) => row.slice(0, cell + 1).every((value, n) => value === above[n]);
    return row.map((value, cell) => (cell < 2 && isSame(cell) ? '' : value));
  });
}

/** The latest entry of each name as tables in markdown. */
export function markdown(entries: readonly Entry[]): string {
  const latest = [...new Map(entries.map((entry) => [`${entry.bench}\n${entry.name}`, entry])).values()];
  const line = (cells: Row) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return sections(latest)
    .map(({ head, rows }) => [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'))
    .join('\n\n');
}

/** Whether a figure keeps its bounds; null where it has none. */
export function kept(figure: Figure): boolean | null {
  if (typeof figure === 'number') return null;
  const { value, atLeast, atMost } = figure;
  if (atLeast === undefined && atMost === undefined) return null;
  return value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
}

function comparisonRow(entry: Entry): Row[] {
  if (entry.kind !== 'comparison') return [];
  const { bench, name, ratio, goal, reached, ours, theirs, unit } = entry;
  const spread = [ratio.min, ratio.median, ratio.max].map((value) => value.toFixed(2)).join(' / ');
  const side = ({ name: who, rate }: typeof ours) => `${who}: ${number(rate.median)} ${unit}/s`;
  const aim = goal === null ? '–' : `≥ ${goal}`;
  return [[bench, name, spread, aim, yesNo(reached), side(ours), side(theirs)]];
}

function figureRows(entry: Entry): Row[] {
  if (entry.kind !== 'measurement') return [];
  const value = (figure: Figure) =>
    typeof figure === 'number' ? number(figure) : `${number(figure.value)} ${figure.unit ?? ''}`.trim();
  return Object.entries(entry.figures).map(([what, figure]) => [
    entry.bench,
    entry.name,
    what,
    value(figure),
    goalOf(figure),
    yesNo(kept(figure)),
  ]);
}

function leftOutRow(entry: Entry): Row[] {
  return entry.kind === 'left-out' ? [[entry.bench, entry.name, entry.why]] : [];
}

function limitRow(entry: Entry): Row[] {
  return entry.kind === 'comparison' && entry.limits !== null
    ? [[entry.bench, entry.name, entry.limits]]
    : [];
}

function goalOf(figure: Figure): string {
  if (typeof figure === 'number') return '–';
  const bounds = [
    ...(figure.atLeast === undefined ? [] : [`≥ ${number(figure.atLeast)}`]),
    ...(figure.atMost === undefined ? [] : [`≤ ${number(figure.atMost)}`]),
  ];
  return bounds.length === 0 ? '–' : bounds.join(', ');
}

function yesNo(reached: boolean | null): string {
  return reached === null ? '–' : reached ? 'yes' : 'NO';
}

function number(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}
