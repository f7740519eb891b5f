import type { Figure } from './report.ts';
import type { Entry } from './report.ts';

export const HEAD = [
  'bench',
  'what',
  'ratio min / median / max',
  'goal',
  'reached',
  'ours',
  'theirs',
] as const;
export type Row = readonly string[];

/** One row a comparison, one a figure, one for what was left out. */
export function rows(entries: readonly Entry[]): Row[] {
  return entries.flatMap((entry): Row[] => {
    const { bench, name } = entry;
    switch (entry.kind) {
      case 'comparison': {
        const { ratio, goal, reached, ours, theirs, unit } = entry;
        const spread = [ratio.min, ratio.median, ratio.max].map((value) => value.toFixed(2)).join(' / ');
        const side = ({ name: who, rate }: typeof ours) => `${who}: ${number(rate.median)} ${unit}/s`;
        return [
          [bench, name, spread, goal === null ? '–' : `≥ ${goal}`, yesNo(reached), side(ours), side(theirs)],
        ];
      }
      case 'measurement':
        return Object.entries(entry.figures).map(([what, figure]) => [
          bench,
          `${name}: ${what}`,
          '–',
          goalOf(figure),
          yesNo(kept(figure)),
          typeof figure === 'number' ? number(figure) : `${number(figure.value)} ${figure.unit ?? ''}`.trim(),
          '–',
        ]);
      case 'left-out':
        return [[bench, name, '–', '–', 'left out', entry.why, '–']];
    }
  });
}

/** The latest entry of each name, in the order of the file, as a table in markdown; limits follow as a list. */
export function markdown(entries: readonly Entry[]): string {
  const latest = [...new Map(entries.map((entry) => [`${entry.bench}\n${entry.name}`, entry])).values()];
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const limits = latest.flatMap((entry) =>
    entry.kind === 'comparison' && entry.limits !== null
      ? [`- ${entry.bench}, ${entry.name}: ${entry.limits}`]
      : [],
  );
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows(latest).map(line), '', ...limits]
    .join('\n')
    .trim();
}

/** Whether a figure keeps its bounds; null where it has none. */
export function kept(figure: Figure): boolean | null {
  if (typeof figure === 'number') return null;
  const { value, atLeast, atMost } = figure;
  if (atLeast === undefined && atMost === undefined) return null;
  return value >= (atLeast ?? -Infinity) && value <= (atMost ?? Infinity);
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
