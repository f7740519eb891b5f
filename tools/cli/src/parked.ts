import { userInfo } from 'node:os';
import { Option, type Command } from 'commander';
import type { Page } from '@throughline/client';
import { asCommands } from './as-commands.ts';
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

/** What parks: the journeys views, the reactor of leads, the evidence of attribution and its reactor. */
const lists = {
  journeys: '/v1/parked',
  leads: '/v1/reactions/convert-lead-when-opportunity-opened/parked',
  evidence: '/v1/evidence/parked',
  attribution: '/v1/reactions/credit-deals-when-journeys-change/parked',
} as const;
type Parker = keyof typeof lists;

const parkerOf = (command: Command): Parker => command.optsWithGlobals<{ service: Parker }>().service;
const serviceOf = (parker: Parker) => (parker === 'evidence' ? 'attribution' : parker);
const route = (parker: Parker, id = '', step = '') =>
  `${lists[parker]}${id && `/${encodeURIComponent(id)}`}${step && `/${step}`}`;
const drained = ({ applied, left }: Drained) =>
  say(`${applied} applied, ${left} still parked under its key.`);

export function addParked(program: Command): void {
  const parked = program
    .command('parked')
    .addOption(
      new Option('--service <name>', 'who parked them').choices(Object.keys(lists)).default('journeys'),
    )
    .description('events that could not be applied, and what waits behind them');
  parked
    .command('list')
    .option('--state <state>', 'poison, gap, queued or discarded')
    .option('--limit <number>', 'events a page', limitOption, 100)
    .option('--cursor <cursor>', 'the next page')
    .action(async (options: Record<string, string | number>, command: Command) => {
      const parker = parkerOf(command);
      const page = await clientOf(command).get<Page<Parked>>(serviceOf(parker), route(parker), options);
      show(command, page, ({ items, next }) => {
        table(
          ['place', 'event', 'key', 'state', 'since', 'reason'],
          items.map((each) => [
            each.place,
            each.name,
            each.key,
            each.state,
            each.parkedAt,
            asCommands(each.reason),
          ]),
          'Nothing is parked.',
        );
        nextPage(next);
      });
    });
  parked
    .command('show')
    .argument('<id>', 'event id, or its place as `list` prints it')
    .action(async (id: string, _options: object, command: Command) => {
      const parker = parkerOf(command);
      const answer = await clientOf(command).get(serviceOf(parker), route(parker, id));
      show(command, answer, () => say(printableLines(JSON.stringify(answer, null, 2))));
    });
  parked
    .command('replay')
    .argument('<id>', 'the first parked event of its key')
    .description('try what is parked under its key again, in order')
    .action(async (id: string, _options: object, command: Command) => {
      const parker = parkerOf(command);
      show(
        command,
        await clientOf(command).post<Drained>(serviceOf(parker), route(parker, id, 'replay')),
        drained,
      );
    });
  parked
    .command('discard')
    .argument('<id>', 'the first parked event of its key, or the place of a batch that cannot be decoded')
    .requiredOption('--reason <text>', 'kept with it')
    .option('--by <name>', 'who decides', userInfo().username)
    .description('give an event up, for good, and go on with what waits behind it')
    .action(async (id: string, options: { reason: string; by: string }, command: Command) => {
      const { reason, by } = options;
      const parker = parkerOf(command);
      const answer = await clientOf(command).post<Drained>(serviceOf(parker), route(parker, id, 'discard'), {
        reason,
        by,
      });
      show(command, answer, (given) =>
        given.applied + given.left > 0
          ? drained(given)
          : say('Given up. Nothing waited behind it under its key.'),
      );
    });
}
