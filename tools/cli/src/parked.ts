import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Page } from '@throughline/client';
import { clientOf } from './context.ts';
import { limitOption } from './journey.ts';
import { nextPage, printableLines, say, show, table } from './output.ts';

interface Parked {
  readonly place: string;
  readonly name: string | null;
  readonly key: string;
  readonly state: string;
  readonly reason: string;
  readonly parkedAt: string;
}

interface Drained {
  readonly applied: number;
  readonly left: number;
}

const route = (id = '', step = '') => `/v1/parked${id && `/${encodeURIComponent(id)}`}${step && `/${step}`}`;
const drained = ({ applied, left }: Drained) =>
  say(`${applied} applied, ${left} still parked under its key.`);

export function addParked(program: Command): void {
  const parked = program
    .command('parked')
    .description('events that could not be applied, and what waits behind them');
  parked
    .command('list')
    .option('--state <state>', 'poison, gap, queued or discarded')
    .option('--limit <number>', 'events a page', limitOption, 100)
    .option('--cursor <cursor>', 'the next page')
    .action(async (options: Record<string, string | number>, command: Command) => {
      const page = await clientOf(command).get<Page<Parked>>('journeys', route(), options);
      show(command, page, ({ items, next }) => {
        table(
          ['place', 'event', 'key', 'state', 'since', 'reason'],
          items.map((each) => [each.place, each.name, each.key, each.state, each.parkedAt, each.reason]),
          'Nothing is parked.',
        );
        nextPage(next);
      });
    });
  parked
    .command('show')
    .argument('<id>', 'event id, or its place as `list` prints it')
    .action(async (id: string, _options: object, command: Command) => {
      const answer = await clientOf(command).get('journeys', route(id));
      show(command, answer, () => say(printableLines(JSON.stringify(answer, null, 2))));
    });
  parked
    .command('replay')
    .argument('<id>', 'the first parked event of its key')
    .description('try what is parked under its key again, in order')
    .action(async (id: string, _options: object, command: Command) => {
      show(command, await clientOf(command).post<Drained>('journeys', route(id, 'replay')), drained);
    });
  parked
    .command('discard')
    .argument('<id>', 'the first parked event of its key')
    .requiredOption('--reason <text>', 'kept with it')
    .option('--by <name>', 'who decides', userInfo().username)
    .description('give an event up, for good, and go on with what waits behind it')
    .action(async (id: string, options: { reason: string; by: string }, command: Command) => {
      const { reason, by } = options;
      show(
        command,
        await clientOf(command).post<Drained>('journeys', route(id, 'discard'), { reason, by }),
        drained,
      );
    });
}
