import type { PlannedCommand } from './plan.ts';

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const CREATING = new Set(['capture', 'open']);

/** `HistId 9` before `HistId 10`: numbers in texts count as numbers. */
const natural = new Intl.Collator('en-US', { numeric: true, sensitivity: 'variant' });

/**
 * The commands on each entity in the order in which they happened: what creates it first, then by time, whatever template
 * or file they come from. What is known to the day or month only stands among others of that day or month by its place in
 * the mapping. What is undated stands before the first dated command that the mapping has behind it, else at the end.
 * Ties are broken by the mapping's `order`, then by the command's id: never by the place of a row.
 */
export function inOrder(commands: readonly PlannedCommand[]): PlannedCommand[] {
  const entities = [...Map.groupBy(commands, ({ on }) => on)].sort(([a], [b]) => compare(a, b));
  return entities.flatMap(([, own]) => (own.length === 1 ? own : ordered(own)));
}

function ordered(own: readonly PlannedCommand[]): PlannedCommand[] {
  const creating = own.filter(({ command }) => CREATING.has(command));
  const others = own.filter(({ command }) => !CREATING.has(command));
  const coarse = new Set(
    others.flatMap(({ occurredAt, precision }) =>
      occurredAt !== null && precision !== 'instant' ? [occurredAt.slice(0, LENGTH[precision])] : [],
    ),
  );
  const keyed = others.map((each) => ({ each, key: keyOf(each, others, coarse) }));
  keyed.sort(
    (a, b) =>
      compare(a.key.group, b.key.group) ||
      (a.key.isCoarse || b.key.isCoarse ? a.each.step - b.each.step : 0) ||
      compare(a.key.time, b.key.time) ||
      natural.compare(a.each.order ?? '', b.each.order ?? '') ||
      a.each.step - b.each.step ||
      compare(a.each.commandId, b.each.commandId),
  );
  return [...creating.sort(byPlace), ...keyed.map(({ each }) => each)];
}

const byPlace = (a: PlannedCommand, b: PlannedCommand) =>
  a.step - b.step || compare(a.commandId, b.commandId);

/** Characters of an instant that say its month or day. */
const LENGTH = { month: 7, day: 10, instant: 24, unknown: 0 } as const;
const AT_THE_END = '~';

interface Key {
  /** the month, day or instant that it is compared by */
  readonly group: string;
  readonly isCoarse: boolean;
  readonly time: string;
}

function keyOf(
  { occurredAt, step }: PlannedCommand,
  others: readonly PlannedCommand[],
  coarse: ReadonlySet<string>,
): Key {
  const time =
    occurredAt ??
    others
      .filter((each) => each.step > step && each.occurredAt !== null)
      .map((each) => each.occurredAt as string)
      .sort()[0] ??
    AT_THE_END;
  const group = [LENGTH.month, LENGTH.day]
    .map((length) => time.slice(0, length))
    .find((each) => coarse.has(each));
  const isCoarse = group !== undefined || occurredAt === null;
  return { group: group ?? time, isCoarse, time };
}
