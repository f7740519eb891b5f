import { readAll, type Batch, type Log } from '@throughline/log';
import { loadSql, type Database, type Transaction } from '@throughline/postgres';
import { addToOutbox } from '../outbox.ts';
import { fromRow, recordOf, toColumns, type EventRow } from '../stored-event.ts';
import { claimOf, loggedIn, type Claim, type Logged } from './claim.ts';
import { strangersAmong } from './compare-batch.ts';
import {
  MOST_LISTED,
  refusals,
  type RefusedStream,
  type Restored,
  type RestoredEvent,
  type RestoreOptions,
} from './restored.ts';

const takeBack = loadSql(import.meta.url, './sql/take-back.sql');
const displaceFrom = loadSql(import.meta.url, './sql/displace.sql');
const findTaken = loadSql(import.meta.url, './sql/find-taken.sql');
const findUnlogged = loadSql(import.meta.url, './sql/find-unlogged.sql');

export interface RestoreJob {
  readonly database: Database;
  readonly log: Log;
  readonly topics: readonly string[];
  /** has the store compared anew */
  readonly compare: () => Promise<unknown>;
  /** told of events in the transaction that takes them back, in the order of their streams */
  readonly taken?: (tx: Transaction, events: readonly Logged[]) => Promise<void>;
}

/**
 * Takes the events that a store lacks back from its log: same versions, ids, times, bytes and commands. The first event
 * of a version in the log stands. Streams where a version is missing or differs stay as they are and are told; done in
 * parts, so that it can be broken off and begun again.
 */
export async function restoreStore(job: RestoreJob, options: RestoreOptions = {}): Promise<Restored> {
  const { database, log, topics, compare } = job;
  const work = new Restoring(job, options);
  const totals = await Promise.all(topics.map((topic) => log.marks(topic)));
  const eventsTotal = totals.flat().reduce((sum, { low, high }) => sum + Number(high - low), 0);
  if (options.acceptLog && !options.dryRun) {
    await database.query('truncate logged_position, logged_head, logged_difference');
  }
  for (const topic of topics) {
    for await (const batch of readAll(log, topic)) {
      await work.take(batch);
      options.onProgress?.({ eventsDone: work.read, eventsTotal });
    }
  }
  if (!options.dryRun) await compare();
  const reemitted = options.acceptLog && !options.dryRun ? await reemitUnlogged(database) : 0;
  return { ...work.result(), reemitted };
}

class Restoring {
  read = 0;
  #events = 0;
  readonly #first: RestoredEvent[] = [];
  readonly #displaced: RestoredEvent[] = [];
  readonly #refused = new Map<string, RefusedStream>();
  /** highest version by stream that the log was seen to have */
  readonly #logged = new Map<string, number>();
  /** version by stream that the store has or, in a dry run, would have; of streams that it lacks something of */
  readonly #heads = new Map<string, number>();
  /** from which version on a stream was put aside */
  readonly #displacedFrom = new Map<string, number>();

  constructor(
    private readonly job: RestoreJob,
    private readonly options: RestoreOptions,
  ) {}

  async take(batch: Batch): Promise<void> {
    this.read += batch.records.length;
    const claims = batch.records.flatMap((record) => claimOf(record) ?? []);
    const strangers = await strangersAmong(this.job.database, claims);
    const firsts = claims.filter((claim) => this.#isFirst(claim, strangers));
    if (!firsts.some((claim) => strangers.has(claim) || this.#displacedFrom.has(claim.stream))) return;
    await this.job.database.transaction((tx) => this.#restore(tx, firsts, strangers));
  }

  result(): Omit<Restored, 'reemitted'> {
    const refused = [...this.#refused.values()];
    return {
      ...{ dryRun: this.options.dryRun === true, read: this.read, events: this.#events },
      streams: [...this.#heads.keys()].filter((stream) => !this.#refused.has(stream)).length,
      ...{ first: this.#first, displaced: this.#displaced },
      ...{ refused: refused.slice(0, MOST_LISTED), refusedStreams: refused.length },
    };
  }

  /** A record that no store made, or that comes after the first of its version, is nothing to take back. */
  #isFirst(claim: Claim, strangers: ReadonlyMap<Claim, string | null>): boolean {
    const { stream, version } = claim;
    if (version <= (this.#logged.get(stream) ?? 0)) return false;
    if (strangers.has(claim) && loggedIn(claim) === null) return false;
    this.#logged.set(stream, version);
    return true;
  }

  async #restore(
    tx: Transaction,
    claims: readonly Claim[],
    strangers: ReadonlyMap<Claim, string | null>,
  ): Promise<void> {
    const wanted: Logged[] = [];
    for (const claim of claims) {
      const { stream, version, id } = claim;
      const displacedFrom = this.#displacedFrom.get(stream) ?? Infinity;
      if ((!strangers.has(claim) && version < displacedFrom) || this.#refused.has(stream)) continue;
      const stored = strangers.get(claim) ?? null;
      if (stored !== null && version < displacedFrom) {
        if (!this.options.replace) {
          this.#refused.set(stream, refusals.differs(stream, version, id, stored));
          continue;
        }
        await this.#displace(tx, stream, version);
      }
      const head = this.#heads.get(stream) ?? (await headOf(tx, stream));
      const logged = loggedIn(claim);
      if (version !== head + 1) this.#refused.set(stream, refusals.gap(stream, version, head));
      else if (logged !== null) {
        wanted.push(logged);
        this.#heads.set(stream, version);
      }
    }
    await this.#store(tx, await this.#free(tx, wanted));
  }

  async #displace(tx: Transaction, stream: string, version: number): Promise<void> {
    const sql = this.options.dryRun
      ? 'select event_id, version::int as version, name from event where stream = $1 and version >= $2 order by version'
      : displaceFrom;
    const { rows } = await tx.query<{ event_id: string; version: number; name: string }>(sql, [
      stream,
      version,
    ]);
    for (const row of rows)
      this.#displaced.push({ stream, version: row.version, name: row.name, eventId: row.event_id });
    this.#displacedFrom.set(stream, version);
    this.#heads.set(stream, version - 1);
  }

  /** Those whose id and command nothing else in the store has. */
  async #free(tx: Transaction, wanted: readonly Logged[]): Promise<readonly Logged[]> {
    if (wanted.length === 0) return wanted;
    const { rows } = await tx.query<{ n: number; stream: string; version: number }>(findTaken, [
      wanted.map(({ event }) => event.id),
      wanted.map(({ event }) => event.source),
      wanted.map(({ cause }) => cause.commandId),
      wanted.map(({ cause }) => cause.index),
    ]);
    for (const { n, stream, version } of rows) {
      if ((this.#displacedFrom.get(stream) ?? Infinity) <= version) continue;
      const { key, stream: place } = (wanted[n - 1] as Logged).event;
      this.#refused.set(key, refusals.taken(key, place?.version ?? 0, `${stream} version ${version}`));
    }
    return wanted.filter(({ event }) => !this.#refused.has(event.key));
  }

  async #store(tx: Transaction, events: readonly Logged[]): Promise<void> {
    if (events.length === 0) return;
    this.#events += events.length;
    for (const { event } of events.slice(0, MOST_LISTED - this.#first.length)) {
      const { key: stream, name, id: eventId } = event;
      this.#first.push({ stream, version: event.stream?.version ?? 0, name, eventId });
    }
    if (this.options.dryRun) return;
    const rows = events.map((logged, n) => ({ ...toColumns(logged, n), data: logged.data }));
    await tx.query(takeBack, [JSON.stringify(rows)]);
    await this.job.taken?.(tx, events);
  }
}

async function headOf(tx: Transaction, stream: string): Promise<number> {
  const { rows } = await tx.query<{ version: string | null }>(
    'select max(version) as version from event where stream = $1',
    [stream],
  );
  return Number(rows[0]?.version ?? 0);
}

/** Puts into the outbox what the log lacks, in the order of each stream. */
async function reemitUnlogged(database: Database): Promise<number> {
  const { rows } = await database.query<EventRow>(findUnlogged);
  const records = rows.map((row) => ({
    ...recordOf(fromRow(row), row.command_hash),
    eventId: row.event_id,
  }));
  for (let at = 0; at < records.length; at += MOST_LISTED) {
    await addToOutbox(database, records.slice(at, at + MOST_LISTED));
  }
  return records.length;
}
