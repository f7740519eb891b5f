import { printable, say, table } from '../output.ts';
import type { Mapping } from './mapping.ts';
import { lookAlikes } from './look-alikes.ts';
import type { RefusedRow } from './csv.ts';
import { refusedRows, type Plan, type PlannedCommand, type PlannedFact } from './plan.ts';
import { byReason } from './refused-rows.ts';
import { commands, facts } from './sendable-names.ts';

const FIRST = 10;
const MOST_SHOWN = 20;

type Planned = PlannedFact | PlannedCommand;

/** What an import would do, and all that is doubtful about it, before anything is sent. */
export function checked(plan: Plan) {
  const all: readonly Planned[] = [...plan.facts, ...plan.commands.leads, ...plan.commands.opportunities];
  const refused = [...plan.refused, ...all.flatMap(notOfTheCatalogue)];
  return {
    files: [...plan.contents.values()].map(({ name, columns, read, repeats }) => {
      const rows = refusedRows(refused, name);
      return { name, columns, read, accepted: read - repeats - rows, repeats, refused: rows };
    }),
    sends: Object.entries(Object.groupBy(all, nameOf)).map(([name, sends = []]) => ({
      name,
      count: sends.length,
    })),
    first: firstRows(all),
    refused: byReason(refused),
    idle: plan.idle,
    unnamed: plan.unnamed,
    missing: plan.missing,
    lookAlikes: lookAlikes(plan),
  };
}

/** What the service would refuse for the form of its data. */
function notOfTheCatalogue(planned: Planned): RefusedRow[] {
  const schema =
    planned.kind === 'fact' ? facts.get(planned.name) : commands[planned.service].get(planned.command);
  const issue = schema?.safeParse(planned.data).error?.issues[0];
  if (issue === undefined) return [];
  const reason = `${nameOf(planned)}: ${issue.path.join('.') || 'data'}: ${issue.message}`;
  return [{ file: planned.file, line: planned.line, reason }];
}

const nameOf = (planned: Planned) =>
  planned.kind === 'fact' ? planned.name : `${planned.service} ${planned.command}`;

/** The events of the first rows of each file. */
function firstRows(all: readonly Planned[]) {
  const byFile = Map.groupBy(all, ({ file }) => file);
  return [...byFile].flatMap(([file, sends]) => {
    const lines = [...new Set(sends.map(({ line }) => line))].sort((a, b) => a - b).slice(0, FIRST);
    return lines.map((line) => ({
      ...{ file, line },
      sends: sends
        .filter((each) => each.line === line)
        .sort((a, b) => a.step - b.step)
        .map((each) => ({
          send: nameOf(each),
          ...(each.kind === 'fact' ? { id: each.id } : { on: each.on }),
          occurredAt: each.occurredAt,
          precision: each.precision,
          data: each.data,
        })),
    }));
  });
}

/** Whether nothing of it needs a person's eye. */
export const isClean = ({ refused, unnamed, missing, idle }: Doubts): boolean =>
  refused.length + unnamed.length + missing.length + idle.length === 0;

type Doubts = Pick<ReturnType<typeof checked>, 'refused' | 'unnamed' | 'missing' | 'idle' | 'lookAlikes'>;

export function printCheck(found: ReturnType<typeof checked>, mapping: Mapping): void {
  say(`Nothing is sent. This is what an import by ${mapping.name} would do.`, '');
  table(
    ['file', 'rows', 'accepted', 'repeated', 'refused', 'columns'],
    found.files.map((it) => [
      it.name,
      it.read,
      it.accepted,
      it.repeats,
      it.refused,
      printable(it.columns.join(', ')),
    ]),
  );
  say('');
  table(
    ['sent', 'how many'],
    found.sends.map(({ name, count }) => [name, count]),
    'Nothing would be sent.',
  );
  say('', `The first ${FIRST} rows of each file as events:`);
  for (const { file, line, sends } of found.first) {
    say(`${file}, line ${line}`);
    for (const { send, occurredAt, precision, ...rest } of sends)
      say(`  ${send}  ${occurredAt ?? 'undated'} (${precision})  ${printable(JSON.stringify(rest))}`);
  }
  printDoubts(found);
}

/** What an import and a check both say of rows that came to nothing, or perhaps to the wrong thing. */
export function printDoubts({ refused, unnamed, missing, idle, lookAlikes: alike }: Doubts): void {
  if (refused.length > 0) {
    say('', 'Refused:');
    table(
      ['rows', 'reason', 'for example'],
      refused.map((it) => [it.rows, printable(it.reason), it.example]),
    );
  }
  for (const { file, rows, line } of idle)
    say('', `No rule applies to ${rows} rows of ${file}, the first in line ${line}: nothing comes of them.`);
  if (unnamed.length > 0) {
    say(
      '',
      'Values that no rule of the mapping names, so that nothing came of them (name them in "when" or "ignore"):',
    );
    table(
      ['file', 'column', 'value', 'rows'],
      unnamed
        .slice(0, MOST_SHOWN)
        .map((it) => [it.file, it.column, printable(JSON.stringify(it.value)), it.rows]),
    );
    if (unnamed.length > MOST_SHOWN) say(`… and ${unnamed.length - MOST_SHOWN} more; --json lists all.`);
  }
  if (missing.length > 0) {
    say('', 'Look-ups for which there is no row:');
    table(
      ['look-up', 'value', 'rows'],
      missing.slice(0, MOST_SHOWN).map((it) => [it.lookup, printable(JSON.stringify(it.value)), it.rows]),
    );
    if (missing.length > MOST_SHOWN) say(`… and ${missing.length - MOST_SHOWN} more; --json lists all.`);
  }
  if (alike.length > 0) {
    say('', 'Ids that differ only in blanks or in upper and lower case; each is an entity of its own:');
    for (const { ids } of alike.slice(0, MOST_SHOWN))
      say(`  ${printable(ids.map((id) => JSON.stringify(id)).join(', '))}`);
    if (alike.length > MOST_SHOWN) say(`  … and ${alike.length - MOST_SHOWN} more; --json lists all.`);
  }
}
