import { loadSql, type Queryable } from '@throughline/postgres';
import type { Placement } from '../log.ts';

const ringStatement = loadSql(import.meta.url, './ring.sql');
/** The channel on which readers hear how far partitions reach. */
export const HEADS_CHANNEL = 'throughline_log';
/** A notification holds 8,000 bytes, and topic names have at most 249. */
const MOST_HEADS = 200;

/**
 * Tells readers in other processes how far partitions reach, after the COMMIT and in a statement of its own: a NOTIFY
 * inside the append would hold a lock of the whole server while COMMIT waits for the disk, and so put the sends of all
 * topics in one queue. One ring at a time; what is stored meanwhile goes with the next. A ring that is lost costs one
 * poll of the readers.
 */
export class HeadBell {
  private readonly moved = new Map<string, Map<number, bigint>>();
  private ringing = false;

  constructor(private readonly database: Queryable) {}

  ring(placements: readonly Placement[]): void {
    for (const { topic, partition, offset } of placements) {
      const heads = this.moved.get(topic) ?? new Map<number, bigint>();
      this.moved.set(topic, heads.set(partition, offset + 1n));
    }
    if (!this.ringing) void this.run();
  }

  private async run(): Promise<void> {
    this.ringing = true;
    while (this.moved.size > 0) {
      const payloads = [...this.moved].flatMap(([topic, heads]) => payloadsOf(topic, [...heads]));
      this.moved.clear();
      await this.database.query(ringStatement, [HEADS_CHANNEL, payloads]).catch(() => undefined);
    }
    this.ringing = false;
  }
}

/** @returns `[topic, [[partition, next] …]]` as JSON text */
function payloadsOf(topic: string, heads: readonly (readonly [number, bigint])[]): string[] {
  return Array.from({ length: Math.ceil(heads.length / MOST_HEADS) }, (_, part) => {
    const some = heads.slice(part * MOST_HEADS, (part + 1) * MOST_HEADS);
    return JSON.stringify([topic, some.map(([partition, next]) => [partition, next.toString()])]);
  });
}
