import { basename, resolve } from 'node:path';
import { ProblemAnswer, type Client, type Page } from '@throughline/client';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { readCsv } from '../import/csv.ts';
import { nextPage, printable, progress, say, show, table } from '../output.ts';
import { UsageError } from '../usage.error.ts';
import { example, paged, type Asked } from './asked.ts';

interface Rate {
  readonly from: string;
  readonly to: string;
  readonly day: string;
  readonly rate: string;
}

interface Listed extends Rate {
  readonly by: string | null;
  readonly setAt: string;
}

interface Refused {
  readonly line: number;
  readonly reason: string;
}

interface Answered {
  /** none: it was so already */
  readonly events: readonly unknown[];
}

interface Taken {
  readonly set: number;
  readonly unchanged: number;
  readonly refused: readonly Refused[];
}

const ROUTE = '/v1/exchange-rates';
const COLUMNS = ['from', 'to', 'day', 'rate'] as const;

/** Exchange rates, by which --currency converts. */
export function addRates(attribution: Command): void {
  const list = paged(attribution.command('rates'), 'rates')
    .option('--from <code>', 'only of this currency')
    .option('--to <code>', 'only into this currency')
    .description('exchange rates that stand: each counts from its day on, until the next day that has one')
    .action(async (asked: Asked, command: Command) => {
      show(command, await clientOf(command).get<Page<Listed>>('attribution', ROUTE, asked), print);
    });
  example(list, 'throughline attribution rates --from USD --to EUR');
  const set = attribution
    .command('rate')
    .argument('[from]', 'a currency, such as USD')
    .argument('[to]', 'what it is worth in, such as EUR')
    .argument('[day]', 'from this day on (UTC), such as 2026-03-01')
    .argument('[rate]', 'what 1 USD is worth in EUR, such as 0.92')
    .option('--file <file>', 'many of them: a CSV file with the columns from, to, day, rate')
    .option('--withdraw', 'take the rate of this day back: the one of the day before that has one counts on')
    .description('set an exchange rate, those of a file, or take one back; of a day, the last one stands')
    .action(async (...given: readonly unknown[]) => {
      const command = given.at(-1) as Command;
      const { file, withdraw = false } = command.opts<{ file?: string; withdraw?: boolean }>();
      if (withdraw) return takeBack(command, file);
      if (file !== undefined) return setAll(command, file);
      const client = clientOf(command);
      const rate = rateOf(command.args);
      const { events } = await send(client, rate);
      show(command, { ...rate, changed: events.length > 0 }, ({ from, to, day, rate: worth, changed }) =>
        say(
          changed
            ? printable(`From ${day} on 1 ${from} is ${worth} ${to}.`)
            : 'It is so already; nothing was changed.',
        ),
      );
    });
  example(
    set,
    'throughline attribution rate USD EUR 2026-03-01 0.92',
    'throughline attribution rate --file rates.csv',
    'throughline attribution rate USD EUR 2026-03-01 --withdraw',
  );
  set.addHelpText(
    'after',
    '\nOf a file every good row is set, whatever is wrong with another; exits 1 when one was refused.\n' +
      'A rate is not turned round: EUR to USD is a pair of its own.',
  );
}

/** @throws UsageError where a part is missing */
function rateOf([from, to, day, rate]: readonly string[]): Rate {
  if (from !== undefined && to !== undefined && day !== undefined && rate !== undefined)
    return { from, to, day, rate };
  throw new UsageError(
    'Say all four, such as `attribution rate USD EUR 2026-03-01 0.92`, or give --file rates.csv.',
  );
}

function send(client: Client, { from, to, day, rate }: Rate): Promise<Answered> {
  return client.post('attribution', `${routeOf(from, to)}/set`, { data: { day, rate } });
}

const routeOf = (from: string, to: string): string =>
  `${ROUTE}/${encodeURIComponent(from)}/${encodeURIComponent(to)}`;

/** @throws UsageError where it is not said which one, and only that */
async function takeBack(command: Command, file: string | undefined): Promise<void> {
  const [from, to, day, rate] = command.args;
  if (
    file !== undefined ||
    from === undefined ||
    to === undefined ||
    day === undefined ||
    rate !== undefined
  ) {
    throw new UsageError(
      'Say the pair and the day, without a rate or a file, such as `attribution rate USD EUR 2026-03-01 --withdraw`.',
    );
  }
  const path = `${routeOf(from, to)}/withdraw`;
  const { events } = await clientOf(command).post<Answered>('attribution', path, { data: { day } });
  show(command, { from, to, day, changed: events.length > 0 }, ({ changed }) =>
    say(
      printable(
        changed
          ? `The rate of ${from} in ${to} of ${day} was taken back.`
          : `No rate of ${from} in ${to} is set for ${day}; nothing was changed.`,
      ),
    ),
  );
}

async function setAll(command: Command, file: string): Promise<void> {
  const client = clientOf(command);
  const path = resolve(process.env['INIT_CWD'] ?? '.', file);
  const key = ['from', 'to', 'day'];
  const shape = { name: basename(file), columns: [...COLUMNS], delimiter: ',', key };
  const { rows, refused: unread } = readCsv(path, shape.name, shape);
  const bar = progress('Rates', 'rows');
  const taken = { set: 0, unchanged: 0 };
  const refused: Refused[] = unread.map(({ line, reason }) => ({ line, reason }));
  try {
    for (const [at, { line, cells }] of rows.entries()) {
      const [from = '', to = '', day = '', rate = ''] = COLUMNS.map((column) => cells[column]?.trim());
      try {
        const { events } = await send(client, { from, to, day, rate });
        taken[events.length > 0 ? 'set' : 'unchanged'] += 1;
      } catch (error) {
        if (!(error instanceof ProblemAnswer) || error.status >= 500) throw error;
        refused.push({ line, reason: error.message.replace('/data/', '') });
      }
      bar.update(at + 1, rows.length);
    }
  } finally {
    bar.stop();
  }
  refused.sort((a, b) => a.line - b.line);
  show(command, { ...taken, refused }, printTaken);
  if (refused.length > 0) process.exitCode = 1;
}

function printTaken({ set, unchanged, refused }: Taken): void {
  say(`${set} set, ${unchanged} were so already, ${refused.length} refused.`);
  if (refused.length > 0)
    table(
      ['line', 'reason'],
      refused.map(({ line, reason }) => [line, reason]),
    );
}

function print({ items, next }: Page<Listed>): void {
  table(
    ['from', 'to', 'from this day on', 'rate', 'set by', 'set at'],
    items.map(({ from, to, day, rate, by, setAt }) => [
      ...[from, to, day, rate, by, setAt.slice(0, 19).replace('T', ' ')],
    ]),
    'No exchange rate was set yet: `throughline attribution rate USD EUR 2026-03-01 0.92` sets one.',
  );
  nextPage(next);
}
