import { setTimeout as pause } from 'node:timers/promises';
import { isEvent, type JourneyEvent } from '@throughline/contracts';
import { migrateEventStore } from '@throughline/event-store';
import { touchWithdrawalTable } from '@throughline/journeys';
import { memoryLog, MemoryStore, type Log } from '@throughline/log';
import { Database, type Session } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import { ProjectionRunner, type Projection } from '@throughline/projection';
import { exampleProjection } from '@throughline/projection/testing';
import { GatedLog } from './gated-log.ts';

export const POISON_VISITOR = 'visitor-poison';
/** Crashed actors leave their connections to the pool, and those that wait have one each. */
const CONNECTIONS = 80;
const CLOSING_MS = 2_000;

/** Empties what one run left; tables are kept, since making them takes longer than a run. */
const EMPTY = `do $$
declare it record;
begin
  for it in select schema from projection.build where state <> 'live' loop
    execute format('drop schema if exists %I cascade', it.schema);
  end loop;
  delete from projection.build where state <> 'live';
  for it in
    select schemaname, tablename from pg_tables
    where schemaname in (select schema from projection.build)
      or schemaname = 'projection' and tablename in ('discard', 'processing_log')
      or schemaname = 'public' and tablename in ('event', 'stream', 'outbox', 'processing_log')
  loop
    execute format('delete from %I.%I', it.schemaname, it.tablename);
  end loop;
end $$`;

/** One database with everything of ours in it, used by one run after the other. */
export class World {
  readonly database: Database;
  /** for the simulation itself: who waits, who is to end */
  readonly admin: Session;
  readonly #drop: () => Promise<void>;
  #store = new MemoryStore();
  /** whether the program is the one that cannot yet project what it will be mended for */
  sick = true;

  private constructor(database: Database, admin: Session, drop: () => Promise<void>) {
    this.database = database;
    this.admin = admin;
    this.#drop = drop;
  }

  static async open(label: string): Promise<World> {
    const { url, drop } = await testDatabase(label);
    const database = await Database.open({ url, name: label, poolSize: CONNECTIONS });
    const { rows } = await database.query<{ name: string }>('select current_database() as name');
    await database.query(`alter database "${rows[0]?.name}" set synchronous_commit = off`);
    await migrateEventStore(database);
    const world = new World(database, await database.session(), drop);
    await world.reset(1);
    const runner = world.runner();
    await runner.prepare();
    await runner.close();
    return world;
  }

  /** An empty log and empty tables. */
  async reset(partitions: number): Promise<void> {
    this.sick = true;
    this.#store = new MemoryStore();
    for (const topic of this.projection().topics) this.#store.createTopic(topic, partitions);
    const { rowCount } = await this.admin.query(`select 1 from pg_namespace where nspname = 'projection'`);
    if (rowCount === 0) return;
    await this.admin.query(EMPTY);
    const { schema } = await this.runner().live();
    await this.admin.query(
      `insert into "${schema}".position (topic, partition)
       select topic, partition from unnest($1::text[]) as topic, generate_series(0, $2 - 1) as partition`,
      [this.projection().topics, partitions],
    );
  }

  log(): Log {
    return new GatedLog(memoryLog({ store: this.#store }));
  }

  runner(): ProjectionRunner {
    return new ProjectionRunner({ database: this.database, log: this.log(), projection: this.projection() });
  }

  /** What was given up in a run that broke may hold a connection for ever; the database goes with its connections. */
  async close(): Promise<void> {
    const patience = new AbortController();
    const late = pause(CLOSING_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    await Promise.race([this.database.close(), late]);
    patience.abort();
    await this.#drop();
  }

  projection(): Projection {
    const example = exampleProjection({
      poison: (event) => isPoison(event) || (this.sick && outcomeOf(event) === 'sick'),
    });
    return { ...example, tables: [...example.tables, touchWithdrawalTable] };
  }
}

/** What no program can project, however often it is tried. */
export function isPoison(event: JourneyEvent): boolean {
  if (isEvent(event, 'touch.recorded')) return event.data.visitor === POISON_VISITOR;
  return outcomeOf(event) === 'poison';
}

function outcomeOf(event: JourneyEvent): string | null {
  return isEvent(event, 'lead.followed-up') ? (event.data.outcome ?? null) : null;
}
