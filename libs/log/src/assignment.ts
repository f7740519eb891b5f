import type { OwnedPartition } from './log.ts';
import type { PartitionLoop } from './partition-loop.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export type StartLoop = (owned: TopicPartition) => PartitionLoop;

/** The partitions that one subscriber owns, each with its loop. A partition's next loop waits for its last one. */
export class Assignment {
  private readonly loops = new Map<string, TopicPartition & { loop: PartitionLoop }>();
  private readonly ending = new Map<string, Promise<void>>();

  private stopped = false;

  constructor(private readonly startLoop: StartLoop) {}

  take({ topic, partition }: TopicPartition): void {
    const key = JSON.stringify([topic, partition]);
    if (this.stopped || this.loops.has(key)) return;
    const loop = this.startLoop({ topic, partition });
    this.loops.set(key, { topic, partition, loop });
    const begin = () => {
      if (this.loops.get(key)?.loop === loop) loop.start();
    };
    const last = this.ending.get(key);
    if (last) void last.then(begin);
    else begin();
  }

  /** Resolves when the batch in hand is finished. */
  async release({ topic, partition }: TopicPartition): Promise<void> {
    const key = JSON.stringify([topic, partition]);
    const owned = this.loops.get(key);
    if (!owned) return this.ending.get(key);
    this.loops.delete(key);
    const last = this.ending.get(key) ?? Promise.resolve();
    const end = last.then(() => owned.loop.stop());
    this.ending.set(key, end);
    await end;
    if (this.ending.get(key) === end) this.ending.delete(key);
  }

  /** What is owned from now on; what is kept reads its position anew. Resolves when what was lost has ended. */
  async replace(partitions: readonly TopicPartition[]): Promise<void> {
    const wanted = new Set(partitions.map(({ topic, partition }) => JSON.stringify([topic, partition])));
    const lost = [...this.loops].filter(([key]) => !wanted.has(key)).map(([, owned]) => this.release(owned));
    for (const { loop } of this.loops.values()) loop.reopen();
    for (const partition of partitions) this.take(partition);
    await Promise.all(lost);
  }

  owned(): OwnedPartition[] {
    return [...this.loops.values()].map(({ topic, partition, loop }) => ({
      topic,
      partition,
      ...(loop.halted === undefined ? {} : { halted: loop.halted }),
      ...(loop.failing === undefined ? {} : { failing: loop.failing }),
    }));
  }

  /** How far each partition was delivered. */
  positions(): { topic: string; partition: number; next: bigint }[] {
    return [...this.loops.values()].flatMap(({ topic, partition, loop }) =>
      loop.next === undefined ? [] : [{ topic, partition, next: loop.next }],
    );
  }

  /** Ends every loop after its batch in hand; nothing is taken any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.loops.values()].map((owned) => this.release(owned)));
    await Promise.all(this.ending.values());
  }
}
