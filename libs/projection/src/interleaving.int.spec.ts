import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JourneyEvent } from '@throughline/contracts';
import fc from 'fast-check';
import { digestedTables } from './digest.ts';
import type { ProjectionRunner } from './index.ts';
import {
  Bench,
  described,
  exampleProjection,
  leadStream,
  linked,
  sendEvents,
  touch,
  unlinked,
} from './testing/index.ts';

const at = (day: number | null) => (day === null ? null : `2026-03-0${day}T00:00:00.000Z`);
const aDay = fc.option(fc.integer({ min: 1, max: 9 }), { nil: null });
const few = fc.integer({ min: 0, max: 3 });

/** What was sent, in the order of the emitters: only a stream's own order means anything. */
const aHistory = fc
  .record({
    touches: fc.array(fc.tuple(few, aDay), { maxLength: 8 }),
    accounts: fc.array(fc.tuple(few, fc.integer({ min: 1, max: 9 }), fc.nat(500)), { maxLength: 8 }),
    leads: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 4 }),
    visits: fc.array(fc.tuple(few, few, aDay, fc.boolean()), { maxLength: 8 }),
    same: fc.array(fc.tuple(few, few, aDay, fc.boolean()), { maxLength: 8 }),
  })
  .map(({ touches, accounts, leads, visits, same }): JourneyEvent[] => [
    ...touches.map(([visitor, day], n) => touch(`t${n}`, `v${visitor}`, at(day))),
    ...accounts.map(([account, day, size], n) =>
      described(`a${n}`, `account-${account}`, size, at(day) ?? ''),
    ),
    ...leads.flatMap((versions, n) => leadStream(`lead-${n}`, versions)),
    ...visits.map(([v, p, day, on], n) =>
      (on ? linked : unlinked)(`l${n}`, 'visitor-is-person', `v${v}`, `p${p}`, at(day)),
    ),
    ...same
      .filter(([a, b]) => a !== b)
      .map(([a, b, day, on], n) =>
        (on ? linked : unlinked)(`s${n}`, 'same-person', `p${a}`, `p${b}`, at(day)),
      ),
  ]);

/** Shuffled across keys, never inside a stream; some events again, after their first time. */
const aDelivery = aHistory.chain((events) =>
  fc.record({
    events: fc.constant(events),
    ranks: fc.array(fc.nat(1000), { minLength: events.length, maxLength: events.length }),
    again: fc.subarray(events),
    partitions: fc.integer({ min: 1, max: 4 }),
    batch: fc.integer({ min: 1, max: 12 }),
  }),
);

function shuffled(events: readonly JourneyEvent[], ranks: readonly number[]): JourneyEvent[] {
  const waiting = [...Map.groupBy(events, (event) => event.stream?.id ?? event.id).values()];
  const order = events.map((_, index) => waiting[(ranks[index] ?? 0) % waiting.length] ?? []);
  const taken = order.flatMap((queue) => queue.shift() ?? []);
  return [...taken, ...waiting.flat()];
}

describe('I4: state is a pure function of the set of events', () => {
  let bench: Bench;
  let count = 0;
  beforeAll(async () => {
    bench = await Bench.start('interleaving');
  });
  afterAll(() => bench.end());

  /** What two logs of the same events have in common, a row a text. */
  const contentOf = async (runner: ProjectionRunner, table: string): Promise<string[]> => {
    const digested = digestedTables(runner.options.projection).find(({ name }) => name === table);
    const columns = digested?.columns.filter((column) => !digested.provenance?.includes(column)) ?? [];
    const sql = `select json_build_array(${columns.join(', ')})::text as row from ${table}`;
    return (await bench.rows<{ row: string }>(runner, sql)).map(({ row }) => row).sort();
  };

  it('any interleaving, repeat and cut of batches gives the rows of a plain fold in memory', async () => {
    await fc.assert(
      fc
        .asyncProperty(aDelivery, async ({ events, ranks, again, partitions, batch }) => {
          count += 1;
          const log = await bench.log(partitions);
          const runner = await bench.runner(log, { ...exampleProjection(), name: `fold_${count}` });
          const order = shuffled(events, ranks);
          const half = Math.ceil(order.length / 2);
          await sendEvents(log, [...order.slice(0, half)]);
          await runner.runOnce(batch);
          await sendEvents(log, [...order.slice(half), ...again]);
          await runner.runOnce(batch);
          for (const [table, rows] of Object.entries(foldInMemory(events))) {
            expect([table, await contentOf(runner, table)]).toEqual([table, rows.map(text).sort()]);
          }
          const accounts = await runner.accounting();
          expect(accounts.every((it) => it.balanced)).toBe(true);
          expect(accounts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(again.length);
        })
        .afterEach(() => bench.closeRunners()),
      { numRuns: 25 },
    );
  }, 180_000);
});

// A plain fold that shares neither SQL nor projector nor identity code with what it judges.

type Cell = string | number | null | readonly Cell[];

/** As PostgreSQL writes JSON: a space after each comma, an instant with its offset. */
function text(cell: Cell): string {
  if (Array.isArray(cell)) return `[${cell.map(text).join(', ')}]`;
  const instant = typeof cell === 'string' && /^\d{4}-.*Z$/.test(cell);
  return JSON.stringify(instant ? cell.replace('.000Z', '+00:00') : cell);
}

function foldInMemory(events: readonly JourneyEvent[]): Record<string, Cell[][]> {
  const data = (event: JourneyEvent) => event.data as unknown as Record<string, string>;
  const named = (...names: string[]) => events.filter(({ name }) => names.includes(name));
  const leads = Map.groupBy(
    events.filter(({ stream }) => stream),
    ({ key }) => key,
  );
  const accounts = Map.groupBy(named('account.described'), ({ key }) => key);
  const edges = named('identity.linked', 'identity.unlinked').map((event) => ({
    ...{ event, on: event.name === 'identity.linked', day: event.occurredAt ?? 'undated' },
    ends:
      data(event)['relation'] === 'same-person'
        ? [data(event)['from'], data(event)['to']].sort()
        : [data(event)['from'], data(event)['to']],
    relation: data(event)['relation'],
  }));
  const off = (edge: (typeof edges)[number]) =>
    edges.filter((it) => !it.on && it.relation === edge.relation && String(it.ends) === String(edge.ends));
  const alive = edges.filter(
    (edge) =>
      edge.on &&
      off(edge).every(
        ({ day, event }) =>
          day !== 'undated' &&
          edge.day !== 'undated' &&
          (edge.day > day || (edge.day === day && edge.event.id > event.id)),
      ),
  );
  return {
    touch: named('touch.recorded').map((it) => [
      it.id,
      data(it)['visitor'] ?? null,
      data(it)['channel'] ?? null,
      it.occurredAt,
    ]),
    lead: [...leads].map(([lead, those]) => [lead, those.length, those.map(({ name }) => name)]),
    account: [...accounts].map(([account, those]) => {
      const last = those.reduce((a, b) => (`${b.occurredAt}${b.id}` > `${a.occurredAt}${a.id}` ? b : a));
      const hash = createHash('sha256').update(said(last)).digest('hex');
      return [
        account,
        data(last)['industry'] ?? null,
        Number(data(last)['employees']),
        last.occurredAt,
        last.id,
        hash,
      ];
    }),
    person_alias: aliases(alive.filter(({ relation }) => relation === 'same-person').map(({ ends }) => ends)),
    visitor_person: visitorRows(alive.filter(({ relation }) => relation === 'visitor-is-person')),
  };
}

/** Smallest person that can be reached, by spreading along the edges until nothing changes. */
function aliases(edges: readonly (readonly (string | undefined)[])[]): Cell[][] {
  const names = new Map(edges.flat().map((person) => [person ?? '', person ?? '']));
  for (let pass = 0; pass < names.size; pass += 1) {
    for (const [a = '', b = ''] of edges) {
      const least = [names.get(a) ?? a, names.get(b) ?? b].sort()[0] ?? a;
      names.set(a, least).set(b, least);
    }
  }
  return [...names];
}

/** Asks for every instant of the calendar whose a touch would be, and joins neighbours. */
function visitorRows(
  links: readonly { day: string; event: JourneyEvent; ends: readonly (string | undefined)[] }[],
): Cell[][] {
  return [...Map.groupBy(links, ({ ends }) => ends[0] ?? '')].flatMap(([visitor, those]) => {
    const ordered = those.toSorted((a, b) => (a.day + a.event.id < b.day + b.event.id ? -1 : 1));
    const calendar = ['-infinity', ...new Set(ordered.map(({ day }) => day))];
    const whose = calendar.map((day) => {
      const before = ordered.filter((link) => day !== '-infinity' && link.day <= day);
      return (before.at(-1) ?? ordered[0])?.ends[1] ?? '';
    });
    const starts = calendar.map((_, n) => n).filter((n) => whose[n] !== whose[n - 1]);
    const name = (day: string | undefined) => (day === 'undated' ? 'infinity' : (day ?? null));
    return starts.map((n, index) => {
      const next = starts[index + 1];
      return [visitor, name(calendar[n]), next === undefined ? null : name(calendar[next]), whose[n] ?? null];
    });
  });
}

/** RFC 8785 for what these events hold: keys sorted, no spaces. */
function said({ name, schemaVersion, occurredAt, precision, inferred, key, data }: JourneyEvent): string {
  const sorted = (_: string, value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return JSON.stringify({ name, schemaVersion, occurredAt, precision, inferred, key, data }, sorted);
}
