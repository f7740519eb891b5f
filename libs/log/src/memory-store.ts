import { EventEmitter } from 'node:events';
import type { LogRecord, NewRecord, Placement } from './log.ts';
import { TopicMissing } from './log.error.ts';

/** One partition in memory: `records[0]` has offset `low`. */
export interface MemoryPartition {
  low: bigint;
  records: LogRecord[];
}

/** One subscriber as the store's groups see it. */
export interface MemoryMember {
  readonly topics: readonly string[];
  owned(): readonly { topic: string; partition: number }[];
  own(partitions: readonly { topic: string; partition: number }[]): Promise<void>;
}

/** What is shared by every memory log opened over it, as a broker is by its clients. Gone with the process. */
export class MemoryStore {
  /** tests: while set, sends fail as if the log were away */
  down = false;
  readonly appended = new EventEmitter().setMaxListeners(0);
  private readonly topics = new Map<string, MemoryPartition[]>();
  private readonly groups = new Map<string, MemoryMember[]>();
  private rebalancing: Promise<void> = Promise.resolve();

  names(): string[] {
    return [...this.topics.keys()];
  }

  createTopic(name: string, partitions: number): void {
    this.topics.set(
      name,
      Array.from({ length: partitions }, () => ({ low: 0n, records: [] })),
    );
  }

  deleteTopic(name: string): void {
    this.topics.delete(name);
  }

  partitions(topic: string): MemoryPartition[] {
    const partitions = this.topics.get(topic);
    if (!partitions) throw new TopicMissing(topic);
    return partitions;
  }

  partition(topic: string, partition: number): MemoryPartition {
    const found = this.partitions(topic)[partition];
    if (!found) throw new TopicMissing(`${topic}/${partition}`);
    return found;
  }

  append(topic: string, partition: number, record: NewRecord): Placement {
    const { low, records } = this.partition(topic, partition);
    const offset = low + BigInt(records.length);
    const { key, value, headers, timestamp } = record;
    records.push({ topic, partition, offset, key, value, headers: { ...headers }, timestamp });
    return { topic, partition, offset };
  }

  /** Deletes the records before an offset, as retention would. */
  deleteBefore(topic: string, partition: number, offset: bigint): void {
    const kept = this.partition(topic, partition);
    kept.records.splice(0, Number(offset - kept.low));
    kept.low = offset;
  }

  /** Joins a group; the partitions are dealt anew, one owner at a time. */
  async join(group: string, member: MemoryMember): Promise<void> {
    this.groups.set(group, [...(this.groups.get(group) ?? []), member]);
    await this.deal(group);
  }

  async leave(group: string, member: MemoryMember): Promise<void> {
    this.groups.set(
      group,
      (this.groups.get(group) ?? []).filter((other) => other !== member),
    );
    await this.deal(group);
  }

  private deal(group: string): Promise<void> {
    this.rebalancing = this.rebalancing
      .catch(() => undefined)
      .then(async () => {
        const members = this.groups.get(group) ?? [];
        const shares = new Map(
          members.map((member) => [member, [] as { topic: string; partition: number }[]]),
        );
        for (const topic of new Set(members.flatMap((member) => member.topics))) {
          const takers = members.filter((member) => member.topics.includes(topic));
          this.partitions(topic).forEach((_, partition) => {
            const taker = takers[partition % takers.length];
            if (taker) shares.get(taker)?.push({ topic, partition });
          });
        }
        // First everyone gives back what moves, then it is taken: a partition never has two owners.
        await Promise.all([...shares].map(([member, share]) => member.own(share.filter(ownedBy(member)))));
        await Promise.all([...shares].map(([member, share]) => member.own(share)));
      });
    return this.rebalancing;
  }
}

function ownedBy(member: MemoryMember) {
  const owned = new Set(member.owned().map(({ topic, partition }) => `${topic}/${partition}`));
  return ({ topic, partition }: { topic: string; partition: number }) => owned.has(`${topic}/${partition}`);
}
