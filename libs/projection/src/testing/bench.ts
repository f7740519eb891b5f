import { memoryLog, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { testDatabase } from '@throughline/postgres/testing';
import type { Projection } from '../projection.ts';
import { ProjectionRunner, type RunnerOptions } from '../runner.ts';
import { exampleProjection } from './example.projector.ts';

/** One fresh database and log, and runners over them; everything is closed in `end`. */
export class Bench {
  readonly database: Database;
  readonly url: string;
  readonly #drop: () => Promise<void>;
  readonly #runners: ProjectionRunner[] = [];

  private constructor(database: Database, url: string, drop: () => Promise<void>) {
    this.database = database;
    this.url = url;
    this.#drop = drop;
  }

  static async start(label: string): Promise<Bench> {
    const { url, drop } = await testDatabase(label);
    return new Bench(await Database.open({ url, name: label }), url, drop);
  }

  async log(partitions = 3): Promise<Log> {
    const log = memoryLog();
    const names = ['journey.touches', 'journey.identities', 'journey.leads'];
    await log.createTopics(names.map((name) => ({ name, partitions })));
    return log;
  }

  /** A prepared runner; another `name` is another projection beside the first. */
  async runner(
    log: Log,
    projection: Projection = exampleProjection(),
    options: Partial<RunnerOptions> = {},
  ): Promise<ProjectionRunner> {
    const runner = new ProjectionRunner({ database: this.database, log, projection, ...options });
    this.#runners.push(runner);
    await runner.prepare();
    return runner;
  }

  async rows<R = Record<string, unknown>>(runner: ProjectionRunner, sql: string): Promise<R[]> {
    const { schema } = await runner.live();
    const { rows } = await this.database.transaction(async (tx) => {
      await tx.query(`select set_config('search_path', $1, true)`, [schema]);
      return tx.query<R>(sql);
    });
    return rows;
  }

  /** Resolves when a connection to the database waits for a lock that another holds. */
  async someoneWaits(): Promise<void> {
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    for (let looks = 0; looks < 5_000; looks += 1) {
      if ((await this.database.query(waiting)).rowCount > 0) return;
    }
    throw new Error('nobody waits for a lock');
  }

  /** Each runner holds a connection: whoever makes many gives them back in between. */
  async closeRunners(): Promise<void> {
    await Promise.all(this.#runners.splice(0).map((runner) => runner.close()));
  }

  async end(): Promise<void> {
    await this.closeRunners();
    await this.database.close();
    await this.#drop();
  }
}
