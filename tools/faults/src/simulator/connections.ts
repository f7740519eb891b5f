import { Writable } from 'node:stream';
import pg from 'pg';
import { actor, asNobody, Crashed, type Actor } from './actor.ts';

export type Connection = pg.Client & { readonly processID?: number | null };

type Copy = Writable & { readonly text?: string };
/** What `pg.Query` is, beyond its types. */
interface Submitted {
  readonly text: string;
  callback: (error: Error | null, result?: unknown) => void;
}
type Loose = (this: Connection, ...args: unknown[]) => unknown;

/** Statements that nobody else can see the effect of: they are not worth a step of their own. */
const OWN =
  /^\s*(begin|savepoint|release|rollback|set|select set_config|select pg_notify|select current_schema)\b/i;

const LABEL = 80;

/** Who used a connection last. */
const users = new WeakMap<Connection, Actor>();
const seen = new WeakMap<Actor, Set<Connection>>();
const ended = new WeakSet<Connection>();
let gates = 0;

/**
 * Makes every statement of an actor wait for its turn, at the driver: whatever the libraries send, and however, passes
 * here. Connections of nobody's code are left alone.
 * @returns what takes the gate away
 */
export function gateConnections(): () => void {
  const prototype = pg.Client.prototype as unknown as Record<'query' | 'connect' | 'end', Loose>;
  const { query, connect, end } = prototype;
  if (gates++ > 0) return () => void (gates -= 1);
  prototype.query = function (...args) {
    const mine = actor();
    return mine === undefined
      ? query.apply(this, args)
      : ask(mine, this, args, () => query.apply(this, args));
  };
  prototype.connect = function (...args) {
    const mine = actor();
    const finished = mine?.schedule.busy();
    const [callback] = args;
    if (typeof callback === 'function') {
      const done = (...answer: unknown[]) => {
        finished?.();
        return (callback as (...answer: unknown[]) => unknown)(...answer);
      };
      return connect.call(this, done);
    }
    const connecting = connect.apply(this, args) as Promise<unknown>;
    return finished ? connecting.finally(finished) : connecting;
  };
  prototype.end = function (...args) {
    const [mine, left, { processID }] = [actor(), end.apply(this, args), this];
    if (mine && processID) {
      const known = mine.schedule.busy();
      void asNobody(() => gone(mine.schedule.admin, [processID])).then(known, known);
    }
    return left;
  };
  return () => {
    gates -= 1;
    if (gates === 0) Object.assign(prototype, { query, connect, end });
  };
}

function ask(mine: Actor, connection: Connection, args: unknown[], perform: () => unknown): unknown {
  const [first] = args;
  use(mine, connection);
  if (first instanceof Writable) return stream(mine, connection, first, perform);
  if (isSubmitted(first)) return submitted(mine, connection, first, perform);
  const text = typeof first === 'string' ? first : ((first as { text?: string }).text ?? '');
  if (!mine.alive) return Promise.reject(new Crashed(`${mine.name} has crashed`));
  if (OWN.test(text)) return (perform() as Promise<unknown>).finally(mine.schedule.busy());
  const label = text.replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim().slice(0, LABEL);
  return mine.schedule.arrive(mine, { label, connection, perform: () => perform() as Promise<unknown> });
}

/** COPY: what is written to it waits in it until its turn has come; destroyed before, it would wait for the server. */
function stream(mine: Actor, connection: Connection, copy: Copy, perform: () => unknown): unknown {
  const done = new Promise((resolve, reject) => copy.once('finish', resolve).once('error', reject));
  done.catch(() => undefined);
  const step = {
    label: copy.text ?? 'copy',
    connection,
    perform: () => {
      perform();
      return done;
    },
  };
  mine.schedule.arrive(mine, step).catch((error: unknown) => copy.emit('error', error));
  return copy;
}

/** A query that writes its messages by itself, and is told the answer. */
function submitted(mine: Actor, connection: Connection, query: Submitted, perform: () => unknown): unknown {
  const told = query.callback;
  const answered = () =>
    new Promise((resolve, reject) => {
      query.callback = (error, result) => (error ? reject(error) : resolve(result));
      perform();
    });
  mine.schedule
    .arrive(mine, { label: query.text.slice(0, LABEL), connection, perform: answered })
    .then((result) => told(null, result), told);
  return query;
}

function isSubmitted(value: unknown): value is Submitted {
  return typeof (value as { submit?: unknown } | null)?.submit === 'function';
}

function use(mine: Actor, connection: Connection): void {
  if (!users.has(connection)) connection.once('end', () => ended.add(connection));
  users.set(connection, mine);
  const all = seen.get(mine) ?? new Set<Connection>();
  seen.set(mine, all.add(connection));
}

/** The connections that are an actor's now. */
export function connectionsOf(mine: Actor): Connection[] {
  return [...(seen.get(mine) ?? [])].filter((it) => users.get(it) === mine && !ended.has(it));
}

/** Ends connections at the server, and comes back when both sides know. */
export async function cut(admin: pg.ClientBase, connections: readonly Connection[]): Promise<void> {
  const alive = connections.filter((it) => !ended.has(it) && it.processID);
  const pids = alive.flatMap(({ processID }) => processID ?? []);
  if (pids.length === 0) return;
  const known = Promise.all(alive.map((it) => new Promise((resolve) => it.once('end', resolve))));
  await inTurn(admin, 'select pg_terminate_backend(pid) from unnest($1::int[]) as pid', pids);
  await known;
  await gone(admin, pids);
}

/** When a session has left the server, so have its locks. */
async function gone(admin: pg.ClientBase, pids: readonly number[]): Promise<void> {
  const there = 'select pid from pg_stat_activity where pid = any ($1::int[])';
  while ((await inTurn(admin, there, pids)).length > 0);
}

/** Fails as a statement does that waits too long for a lock. @throws the server's error */
export async function timeOut(connection: Connection | undefined): Promise<void> {
  await connection?.query(
    `do $$ begin raise exception 'lock timeout' using errcode = 'lock_not_available'; end $$`,
  );
}

/** Which of these wait for a lock that another holds. */
export async function blocked(admin: pg.ClientBase, all: readonly Connection[]): Promise<Set<Connection>> {
  const pids = all.flatMap(({ processID }) => processID ?? []);
  const waits = 'select pid from unnest($1::int[]) as pid where cardinality(pg_blocking_pids(pid)) > 0';
  const rows = await inTurn(admin, waits, pids);
  const waiting = new Set(rows.map(({ pid }) => pid));
  return new Set(all.filter(({ processID }) => waiting.has(processID ?? 0)));
}

const asked = new WeakMap<pg.ClientBase, Promise<unknown>>();

/** A connection takes one statement at a time; several things may ask at once. */
function inTurn(admin: pg.ClientBase, text: string, pids: readonly number[]): Promise<{ pid: number }[]> {
  const before = asked.get(admin) ?? Promise.resolve();
  const answer = before.then(async () => (await admin.query<{ pid: number }>(text, [pids])).rows);
  asked.set(
    admin,
    answer.catch(() => undefined),
  );
  return answer;
}
