import { createHash, randomInt } from 'node:crypto';
import { loadSql, type Database, type Rows, type Session } from '@throughline/postgres';
import type { Assignment, TopicPartition } from '../assignment.ts';
import { sleep } from '../sleep.ts';

const membersStatement = loadSql(import.meta.url, './members.sql');
const takeStatement = loadSql(import.meta.url, './take.sql');

export interface MembershipOptions {
  readonly group: string;
  readonly partitions: readonly TopicPartition[];
  /** how often members look at each other */
  readonly everyMs: number;
  /** the server ends a session that sends no statement for so long: its owner is frozen */
  readonly frozenMs: number;
}

/**
 * One member of a subscriber group on the embedded log.
 *
 * - Owning a partition is holding its session advisory lock, so two members never both hold it, and a member
 *   that dies gives everything back with its connection.
 * - Each member holds at most its share, ceil(partitions / members), and gives back more than that after the
 *   batch in hand; members count each other by locks as well, so no table needs cleaning.
 * - A member whose connection is lost drops all its partitions before it takes any again.
 */
export class GroupMembership {
  private readonly abort = new AbortController();
  private readonly locks: ReadonlyMap<string, TopicPartition>;
  private readonly groupClass: number;
  private readonly held = new Set<string>();
  private readonly giving = new Set<string>();
  private session: Session | undefined;
  private running: Promise<void> = Promise.resolve();
  private asked: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly options: MembershipOptions,
    private readonly assignment: Assignment,
  ) {
    const { group, partitions } = options;
    this.groupClass = Number(lockKey(['group', group]) & 0x7fffffffn);
    this.locks = new Map(
      partitions.map((it) => [lockKey(['partition', group, it.topic, it.partition]).toString(), it]),
    );
  }

  /** Takes what is free at once, then looks again every so many milliseconds. */
  async start(): Promise<void> {
    await this.runOnce().catch(() => this.drop());
    this.running = this.run(this.abort.signal);
  }

  async stop(): Promise<void> {
    this.abort.abort();
    await this.assignment.stop();
    await this.running;
    await this.asked;
    await this.session?.close();
  }

  /** One look at the group: gives back what is over the share, takes what is free up to it. */
  async runOnce(): Promise<void> {
    const session = this.session ?? (await this.join());
    const { rows } = await this.ask<{ members: string }>(session, membersStatement, [this.groupClass]);
    const share = Math.ceil(this.locks.size / Math.max(1, Number(rows[0]?.members)));
    const over = [...this.held].filter((lock) => !this.giving.has(lock)).slice(share);
    for (const lock of over) void this.giveBack(session, lock);
    if (this.held.size >= share) return;
    const wanted = this.shuffled([...this.locks.keys()].filter((lock) => !this.held.has(lock)));
    const taken = await this.ask<{ lock: string }>(session, takeStatement, [wanted, share - this.held.size]);
    for (const { lock } of taken.rows) {
      const partition = this.locks.get(lock);
      if (!partition || this.session !== session) continue;
      this.held.add(lock);
      this.assignment.take(partition);
    }
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.options.everyMs, signal);
      if (signal.aborted) return;
      await this.runOnce().catch(() => this.drop());
    }
  }

  /** One statement after the other: a connection carries one at a time. */
  private ask<R>(session: Session, text: string, values: readonly unknown[]): Promise<Rows<R>> {
    const answer = this.asked.then(() => session.query<R>(text, values));
    this.asked = answer.catch(() => undefined);
    return answer;
  }

  private async join(): Promise<Session> {
    const session = await this.database.session();
    try {
      await session.query(`set idle_session_timeout = ${this.options.frozenMs}`);
      await session.query('select pg_advisory_lock_shared($1, $2)', [
        this.groupClass,
        randomInt(2 ** 31 - 1),
      ]);
    } catch (error) {
      await session.close();
      throw error;
    }
    this.session = session;
    void session.closed.then(() => (this.session === session ? this.drop() : undefined));
    return session;
  }

  private async giveBack(session: Session, lock: string): Promise<void> {
    const partition = this.locks.get(lock);
    if (!partition) return;
    this.giving.add(lock);
    try {
      await this.assignment.release(partition);
      await this.ask(session, 'select pg_advisory_unlock($1)', [lock]);
    } catch {
      // The session is lost, and its locks with it.
    } finally {
      this.giving.delete(lock);
      if (this.session === session) this.held.delete(lock);
    }
  }

  private async drop(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    this.held.clear();
    await this.assignment.replace([]);
    await session?.close();
  }

  /** Members that start at once would all try the same partitions first. */
  private shuffled(locks: readonly string[]): string[] {
    const at = locks.length > 1 ? randomInt(locks.length) : 0;
    return [...locks.slice(at), ...locks.slice(0, at)];
  }
}

function lockKey(parts: readonly (string | number)[]): bigint {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readBigInt64BE();
}
