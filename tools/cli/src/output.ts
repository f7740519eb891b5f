import Table from 'cli-table3';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';

export type Cell = string | number | boolean | null | undefined;

const out = (text: string) => process.stdout.write(`${text}\n`);

/** With --json the answer as it came, else what `human` makes of it. */
export function show<T>(command: Command, answer: T, human: (answer: T) => void): void {
  if (command.optsWithGlobals<{ json?: boolean }>().json) out(JSON.stringify(answer, null, 2));
  else human(answer);
}

export function say(...lines: readonly string[]): void {
  for (const line of lines) out(line);
}

/** A table without frames; what is unknown stands as a dash, never as 0 or nothing. Without `head` no line names the columns. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  empty = 'Nothing there.',
): void {
  if (rows.length === 0) return say(empty);
  const texts = rows.map((row) => row.map(textOf));
  const drawn = new Table({
    head: head.map(printable),
    colAligns: alignments(texts),
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  drawn.push(...texts.map((row) => [...row]));
  say(
    ...drawn
      .toString()
      .split('\n')
      .map((line) => line.trimEnd()),
  );
}

/** As it stands in a table. */
export const textOf = (cell: Cell): string =>
  printable(cell === null || cell === undefined ? '–' : String(cell));

/** A number, with the unit that it may have. */
const FIGURE = /^-?\d+(\.\d+)?( (%|[A-Z]{3}|minor units of .*))?$/;

/** A column of figures, a few of them in words, stands by its last digit; any other by its first letter. */
function alignments(rows: readonly (readonly string[])[]): ('left' | 'right')[] {
  return (rows[0] ?? []).map((_, at) => {
    const told = rows.map((row) => row[at] ?? '').filter((text) => text !== '' && text !== '–');
    return told.filter((text) => FIGURE.test(text)).length * 2 > told.length ? 'right' : 'left';
  });
}

/** Ingested text could steer the terminal, or turn the reading direction round; that is shown, not obeyed. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, (each) => {
    const code = each.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** The same for a text of several lines, whose line ends are its own. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

/** Figures in one line, `pending 0, quarantine (waiting 2, replayed 0)`; what is unknown or blank is left out. */
export function figures(named: Readonly<Record<string, unknown>>): string {
  return Object.entries(named)
    .filter(([, value]) => value !== null && value !== undefined && value !== '')
    .map(([name, value]) =>
      typeof value === 'object'
        ? `${name} (${figures(value as Record<string, unknown>)})`
        : `${name} ${value}`,
    )
    .join(', ');
}

/** How to get the next page of a list, or nothing on the last. */
export function nextPage(next: string | null): void {
  if (next !== null) say('', `There is more: add --cursor ${next}`);
}

export interface Progress {
  update(done: number, total: number, rate?: number): void;
  stop(): void;
}

/** A bar on a terminal, a line every few seconds elsewhere: done, rate, time left. Written to standard error. */
export function progress(what: string, unit = 'events'): Progress {
  const started = Date.now();
  if (process.stderr.isTTY) {
    const bar = new SingleBar({
      format: `${what} {bar} {value}/{total} ${unit}, {rate}/s, {eta_formatted} left`,
      stream: process.stderr,
    });
    let running = false;
    return {
      update(done, total) {
        const rate = perSecond(done, started);
        if (!running) bar.start(total, done, { rate });
        running = true;
        bar.setTotal(total);
        bar.update(done, { rate });
      },
      stop: () => bar.stop(),
    };
  }
  let said = 0;
  let last = -1;
  return {
    update(done, total) {
      if (done === last || (done < total && Date.now() - said < 5_000)) return;
      last = done;
      said = Date.now();
      const rate = perSecond(done, started);
      const left = rate === 0 ? '?' : Math.ceil((total - done) / rate);
      process.stderr.write(`${what}: ${done}/${total} ${unit}, ${rate}/s, ${left} s left\n`);
    },
    stop: () => undefined,
  };
}

const perSecond = (done: number, started: number) =>
  Math.round(done / Math.max((Date.now() - started) / 1_000, 0.001));

/** An instant by how well it is known: the day without an hour that nobody told. */
export function when(occurredAt: string | null, precision: string): string {
  if (occurredAt === null) return 'undated';
  const length = { month: 7, day: 10 }[precision] ?? 19;
  return occurredAt.slice(0, length).replace('T', ' ');
}
