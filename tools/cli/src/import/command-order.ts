import type { PlannedCommand } from './plan.ts';

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const CREATING = new Set(['capture', 'open']);

/** `HistId 9` before `HistId 10`: numbers in texts count as numbers. */
const natural = new Intl.Collator('en-US', { numeric: true, sensitivity: 'variant' });

/**
 * The commands on each entity in the order in which they happened: what creates it first, then by time, whatever template
 * or file they come from.
 * - Instants stay in the order of time; those at one instant go by the mapping's `order`, then by their place in it.
 * - What is known to the day or month only goes by `order` among others of that day or month, else by its place in the
 *   mapping; it stands before the first instant of that time which the mapping has behind it.
 * - What is undated stands before the first dated command which the mapping has behind it, else at the end.
 * Last comes the command's id: the place of a row never decides.
 */
export function inOrder(commands: readonly PlannedCommand[]): PlannedCommand[] {
  const entities = [...Map.groupBy(commands, ({ on }) => on)].sort(([a], [b]) => compare(a, b));
  return entities.flatMap(([, own]) => (own.length === 1 ? own : ordered(own)));
}

function ordered(own: readonly PlannedCommand[]): PlannedCommand[] {
  const creating = own.filter(({ command }) => CREATING.has(command)).sort(byPlace);
  const others = own.filter(({ command }) => !CREATING.has(command));
  const timed = others.filter(({ precision }) => precision === 'instant');
  const line = timed.sort(
    (a, b) => compare(a.occurredAt ?? '', b.occurredAt ?? '') || byOrder(a, b) || byPlace(a, b),
  );
  for (const precision of ['day', 'month'] as const) {
    const periods = Map.groupBy(
      others.filter((each) => each.precision === precision),
      ({ occurredAt }) => (occurredAt ?? '').slice(0, LENGTH[precision]),
    );
    for (const [period, members] of [...periods].sort(([a], [b]) => compare(a, b)))
      place(line, among(members), period);
  }
  place(line, among(others.filter(({ occurredAt }) => occurredAt === null)), '');
  return [...creating, ...line];
}

/** Characters of an instant that name its day or month. */
const LENGTH = { day: 10, month: 7 } as const;

/** Those of one period: by `order` where each has one, else by their place in the mapping. */
function among(members: readonly PlannedCommand[]): PlannedCommand[] {
  const hasOrder = members.every(({ order }) => order !== null);
  return members.toSorted((a, b) => (hasOrder ? byOrder(a, b) : 0) || byPlace(a, b));
}

/** Puts commands, in their order, into the part of the line that belongs to a period; every period begins with ''. */
function place(line: PlannedCommand[], members: readonly PlannedCommand[], period: string): void {
  let from = line.findIndex(({ occurredAt }) => (occurredAt ?? '') >= period);
  if (from < 0) from = line.length;
  for (const each of members) {
    let at = from;
    while (belongs(line[at], period) && (line[at]?.step ?? 0) <= each.step) at += 1;
    line.splice(at, 0, each);
    from = at + 1;
  }
}

const belongs = (command: PlannedCommand | undefined, period: string): boolean =>
  command !== undefined && (command.occurredAt ?? '').startsWith(period);

const byOrder = (a: PlannedCommand, b: PlannedCommand) => natural.compare(a.order ?? '', b.order ?? '');
const byPlace = (a: PlannedCommand, b: PlannedCommand) =>
  a.step - b.step || compare(a.commandId, b.commandId);
