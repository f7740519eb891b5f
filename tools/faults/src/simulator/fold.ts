import { createHash } from 'node:crypto';
import { eventId, type JourneyEvent } from '@throughline/contracts';
import type { Expected } from './applied.ts';

// A plain fold that shares neither SQL nor projector nor identity code with what it judges.

export type Cell = string | number | null | readonly Cell[];

/** The columns that a content digest counts, by table. */
export const COLUMNS: Readonly<Record<string, string>> = {
  touch: 'event_id visitor channel occurred_at',
  touch_withdrawal: 'event_id source occurred_at occurred_precision inferred touch reason actor',
  lead: 'lead version trail',
  account: 'account industry employees occurred_at event_id payload_hash',
  last_table: 'event_id',
  identity_assertion: 'event_id relation low high says occurred_at payload_hash',
  same_person: 'low high',
  person_alias: 'person canonical',
  visitor_person: 'visitor since until person',
  membership: 'kind member account since until ended',
  entry: 'event_id name source key stream version occurred_at payload_hash',
  stream_head: 'topic stream version',
};

/** Rows by table, with those columns. */
export function foldInMemory({
  events,
  heads,
}: Pick<Expected, 'events' | 'heads'>): Record<string, Cell[][]> {
  const named = (...names: string[]) => events.filter(({ name }) => names.includes(name));
  const leads = Map.groupBy(
    events.filter(({ stream }) => stream),
    ({ key }) => key,
  );
  const accounts = Map.groupBy(named('account.described'), ({ key }) => key);
  const edges = named('identity.linked', 'identity.unlinked').map(edgeOf);
  const alive = edges.filter((edge) => edge.on && edges.every((other) => !undoes(other, edge)));
  const same = alive.filter(({ relation }) => relation === 'same-person').map(({ ends }) => ends);
  return {
    touch: named('touch.recorded').map((it) => [
      it.id,
      data(it)['visitor'] ?? null,
      data(it)['channel'] ?? null,
      it.occurredAt,
    ]),
    touch_withdrawal: named('touch.withdrawn').map((it) => {
      const { touch = '', reason = null, by = null } = data(it);
      const touchId = eventId(data(it)['source'] ?? it.source, touch);
      return [it.id, it.source, it.occurredAt, it.precision, it.inferred, touchId, reason, by];
    }),
    lead: [...leads].map(([lead, those]) => [
      lead,
      those.at(-1)?.stream?.version ?? 0,
      those.map(({ name }) => name),
    ]),
    account: [...accounts].map(([account, those]) => {
      const last = those.reduce((a, b) => (`${b.occurredAt}${b.id}` > `${a.occurredAt}${a.id}` ? b : a));
      const { industry = null, employees } = data(last);
      return [account, industry, Number(employees), last.occurredAt, last.id, hashOf(last)];
    }),
    last_table: [],
    identity_assertion: edges.map(({ event, relation, ends, on }) => [
      event.id,
      relation,
      ...ends,
      on ? 'linked' : 'withdrawn',
      event.occurredAt,
      hashOf(event),
    ]),
    same_person: [...new Map(same.map((ends) => [ends.join(), [...ends]])).values()],
    person_alias: aliases(same),
    visitor_person: visitorRows(alive.filter(({ relation }) => relation === 'visitor-is-person')),
    membership: [],
    entry: events.map((it) => [
      it.id,
      it.name,
      it.source,
      it.key,
      it.stream?.id ?? null,
      it.stream?.version ?? null,
      it.occurredAt,
      hashOf(it),
    ]),
    stream_head: [...heads].map(([key, version]) => [...key.split(' '), version]),
  };
}

interface Edge {
  readonly event: JourneyEvent;
  readonly on: boolean;
  readonly day: string;
  readonly relation: string;
  readonly ends: readonly [string, string];
}

function edgeOf(event: JourneyEvent): Edge {
  const { relation = '', from = '', to = '' } = data(event);
  const ends = relation === 'same-person' && from > to ? ([to, from] as const) : ([from, to] as const);
  return { event, on: event.name === 'identity.linked', day: event.occurredAt ?? 'undated', relation, ends };
}

/** A withdrawal undoes what is not known to be dated after it. */
function undoes(other: Edge, edge: Edge): boolean {
  if (other.on || other.relation !== edge.relation || String(other.ends) !== String(edge.ends)) return false;
  if (other.day === 'undated' || edge.day === 'undated') return true;
  return edge.day < other.day || (edge.day === other.day && edge.event.id < other.event.id);
}

/** Smallest person that can be reached, by spreading along the edges until nothing changes. */
function aliases(edges: readonly (readonly [string, string])[]): Cell[][] {
  const names = new Map(edges.flat().map((person) => [person, person]));
  for (let pass = 0; pass < names.size; pass += 1) {
    for (const [a, b] of edges) {
      const least = [names.get(a) ?? a, names.get(b) ?? b].sort()[0] ?? a;
      names.set(a, least).set(b, least);
    }
  }
  return [...names];
}

/** Asks for every instant of the calendar whose a touch would be, and joins neighbours. */
function visitorRows(links: readonly Edge[]): Cell[][] {
  return [...Map.groupBy(links, ({ ends }) => ends[0])].flatMap(([visitor, those]) => {
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

function data(event: JourneyEvent): Record<string, string> {
  return event.data as unknown as Record<string, string>;
}

/** SHA-256 over RFC 8785 for what these events hold: keys sorted, no spaces. */
function hashOf({
  name,
  schemaVersion,
  occurredAt,
  precision,
  inferred,
  key,
  data: said,
}: JourneyEvent): string {
  const sorted = (_: string, value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  const text = JSON.stringify(
    { name, schemaVersion, occurredAt, precision, inferred, key, data: said },
    sorted,
  );
  return createHash('sha256').update(text).digest('hex');
}

/** A row as PostgreSQL writes JSON: a space after each comma, an instant with its offset and without trailing zeros. */
export function rowText(cell: Cell): string {
  if (Array.isArray(cell)) return `[${cell.map(rowText).join(', ')}]`;
  const instant = typeof cell === 'string' && /^\d{4}-.*Z$/.test(cell);
  return JSON.stringify(instant ? cell.replace(/\.?0*Z$/, '+00:00') : cell);
}

/** Sum mod 2^128 of what hashes of rows end with, 32 hex digits. */
export function digestOf(hashes: readonly string[]): string {
  const sum = hashes.reduce((total, hash) => total + BigInt(`0x${hash.slice(32)}`), 0n);
  return (sum % 2n ** 128n).toString(16).padStart(32, '0');
}
