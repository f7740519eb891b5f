import type { Database, Session } from '@throughline/postgres';

/** Advisory locks of relays: this number and the shard's. */
const RELAY_LOCK = 7_205_003;
/** The server ends a session that is silent for so long: its owner is frozen, or the network between them is. */
const FROZEN_MS = 15_000;
const SIGN_OF_LIFE_MS = 3_000;

/**
 * Which shards this process owns, by session advisory locks on one connection.
 * - A shard has one owner a database; a second claimer waits its turn by claiming again.
 * - When the connection is gone, so are the locks: from that moment nothing is owned, until a claim succeeds.
 * - A frozen owner loses its locks after 15 s, since every claim is a sign of life.
 */
export class ShardLocks {
  readonly #database: Database;
  readonly #shards: number;
  readonly #owned = new Set<number>();
  #session: Session | undefined;
  #seenAt = 0;

  constructor(database: Database, shards: number) {
    this.#database = database;
    this.#shards = shards;
  }

  get owned(): readonly number[] {
    return [...this.#owned];
  }

  owns(shard: number): boolean {
    return this.#owned.has(shard);
  }

  /** Tries for every shard that is not owned yet; never waits for another owner. */
  async claim(): Promise<void> {
    const wanted = Array.from({ length: this.#shards }, (_, shard) => shard).filter(
      (shard) => !this.owns(shard),
    );
    if (wanted.length === 0 && performance.now() - this.#seenAt < SIGN_OF_LIFE_MS) return;
    const session = (this.#session ??= await this.#open());
    this.#seenAt = performance.now();
    const { rows } = await session.query<{ shard: number }>(
      'select shard from unnest($2::integer[]) as shard where pg_try_advisory_lock($1::integer, shard)',
      [RELAY_LOCK, wanted],
    );
    if (this.#session !== session) return;
    for (const { shard } of rows) this.#owned.add(shard);
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#forget(session);
    await session?.close();
  }

  async #open(): Promise<Session> {
    const session = await this.#database.session();
    await session.query(`set idle_session_timeout = ${FROZEN_MS}`);
    void session.closed.then(() => this.#forget(session));
    return session;
  }

  #forget(session: Session | undefined): void {
    if (this.#session !== session) return;
    this.#session = undefined;
    this.#owned.clear();
  }
}
