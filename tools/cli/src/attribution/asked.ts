import type { Page } from '@throughline/client';
import type { Command } from 'commander';
import { limitOption } from '../journey.ts';
import { UsageError } from '../usage.error.ts';

/** Options as they become a query. */
export type Asked = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export function paged(command: Command, of = 'rows'): Command {
  return command
    .option('--limit <number>', `${of} a page`, limitOption, 100)
    .option('--cursor <cursor>', 'the next page, as the page before says');
}

/** Only deals that closed in a window. */
export function within(command: Command): Command {
  return command
    .option('--from <day>', 'only deals that closed on this day or later, such as 2026-01-31')
    .option('--to <day>', 'only deals that closed before this day');
}

/** Amounts in one currency. @param at when they are converted */
export function converting(command: Command, at = 'at the close of its deal'): Command {
  return command.option(
    '--currency <code>',
    `all amounts in this one, such as EUR, each converted ${at} by the rates that \`rates\` lists`,
  );
}

/** Models of a report. The command above has an option of this name too, and takes it first. */
export function modelsOf(command: Command): { models?: string } {
  const { models } = command.optsWithGlobals<{ models?: string }>();
  return models === undefined ? {} : { models };
}

export function example(command: Command, ...lines: readonly string[]): Command {
  const head = lines.length === 1 ? 'Example:' : 'Examples:';
  return command.addHelpText('after', ['', head, ...lines.map((line) => `  ${line}`)].join('\n'));
}

const NARROWING = ['from', 'to', 'only', 'blank'];

/** What is said where nothing was found: `never`, unless what was asked may be why. */
export function nothing(asked: Asked, never: string): string {
  if (asked['cursor'] !== undefined) return 'Nothing more.';
  const given = NARROWING.filter((name) => asked[name] !== undefined).map((name) => `--${name}`);
  if (given.length === 0) return never;
  const them = given.length === 1 ? 'it' : 'them';
  return `Nothing is found with ${given.join(' and ')}: leave ${them} out to see what there is.`;
}

export const NOTHING_WON =
  'No deal was won yet: credit comes with the first. `throughline report opportunities` shows the open ones.';

/**
 * A page of an answer that comes whole.
 * @param list its name, which its cursors say
 * @throws UsageError for a cursor that no page of it gave
 */
export function pageOf<T>(
  list: string,
  items: readonly T[],
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Page<T> {
  const from = cursor === undefined ? 0 : placeIn(list, cursor);
  const end = from + limit;
  return { items: items.slice(from, end), next: end < items.length ? `${list}-after-${end}` : null };
}

function placeIn(list: string, cursor: string): number {
  const [name, place = ''] = cursor.split('-after-');
  if (name === list && /^\d{1,9}$/.test(place)) return Number(place);
  throw new UsageError(`--cursor takes what the page before said, such as ${list}-after-100; not ${cursor}.`);
}
