import type { Command } from 'commander';
import type { Page } from '@throughline/client';
import { clientOf } from './context.ts';
import { limitOption } from './journey.ts';
import { nextPage, printable, say, show, table } from './output.ts';

interface Quarantined {
  readonly id: string;
  readonly receivedAt: string;
  readonly state: string;
  readonly code: string;
  readonly field: string | null;
  readonly reason: string;
  readonly remedy: string;
  readonly bytes: number;
}

const route = (id = '', step = '') =>
  `/v1/quarantine${id && `/${encodeURIComponent(id)}`}${step && `/${step}`}`;

export function addQuarantine(program: Command): void {
  const quarantine = program
    .command('quarantine')
    .description('facts that the door could not take, byte for byte');
  quarantine
    .command('list')
    .option('--state <state>', 'waiting, replayed, discarded or all', 'waiting')
    .option('--limit <number>', 'items a page', limitOption, 100)
    .option('--cursor <cursor>', 'the next page')
    .action(async (options: Record<string, string | number>, command: Command) => {
      const page = await clientOf(command).get<Page<Quarantined>>('touches', route(), options);
      show(command, page, ({ items, next }) => {
        table(
          ['id', 'received', 'state', 'field', 'reason'],
          items.map((each) => [each.id, each.receivedAt, each.state, each.field, each.reason]),
          'Nothing is in quarantine.',
        );
        nextPage(next);
      });
    });
  quarantine
    .command('show')
    .argument('<id>')
    .action(async (id: string, _options: object, command: Command) => {
      const item = await clientOf(command).get<Quarantined & { text: string | null; raw: string }>(
        'touches',
        route(id),
      );
      show(command, item, ({ state, receivedAt, code, field, reason, remedy, text, raw }) => {
        say(
          `${id}: ${state}, received ${receivedAt}`,
          `  ${code}${field ? ` at ${printable(field)}` : ''}: ${printable(reason)}`,
          `  ${printable(remedy)}`,
          '',
        );
        say(text === null ? `(not UTF-8, base64) ${raw}` : printable(text));
      });
    });
  quarantine
    .command('replay')
    .argument('<id>')
    .description('judge it again, after what was wrong is mended')
    .action(async (id: string, _options: object, command: Command) => {
      const answer = await clientOf(command).post<{ events: readonly string[]; after: string | null }>(
        'touches',
        route(id, 'replay'),
      );
      show(command, answer, ({ events }) => say(`Taken as ${events.join(', ')}.`));
    });
  quarantine
    .command('discard')
    .argument('<id>')
    .requiredOption('--reason <text>', 'kept with it')
    .action(async (id: string, options: { reason: string }, command: Command) => {
      const answer = await clientOf(command).post<{ state: string }>('touches', route(id, 'discard'), {
        reason: options.reason,
      });
      show(command, answer, ({ state }) => say(`${id}: ${state}.`));
    });
}
