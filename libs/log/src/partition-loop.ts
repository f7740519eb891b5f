import { fingerprint } from './fingerprint.ts';
import { PartitionHalted } from './log.error.ts';
import { extentOf, missingIn, type Stretch } from './extent.ts';
import type { Batch, LogRecord, Mark, Passed, Position, Subscription } from './log.ts';
import { backOff, sleep } from './sleep.ts';

/** Where a loop gets the records of its partition from. */
export interface PartitionSource {
  /** low and high as they are now */
  mark(): Promise<Mark>;
  /** What stands from `from` on, in order; waits a while for it and gives none when none come or the signal aborts. */
  fetch(from: bigint, most: number, signal: AbortSignal): Promise<Portion>;
}

interface Portion {
  readonly records: LogRecord[];
  readonly passed?: readonly Passed[];
  readonly high: bigint;
}

export interface LoopTask {
  readonly topic: string;
  readonly partition: number;
  readonly subscription: Subscription;
  readonly source: PartitionSource;
  readonly batchSize: number;
  /** how long after halting the position is looked at again */
  readonly haltedMs: number;
}

/**
 * Delivers one owned partition to a subscription. Every adapter uses this one loop, so that positions mean the
 * same on every log.
 *
 * - It starts where `Subscription.position` says, after proving it: not behind the first record kept, not past
 *   the end, and the record before it has the stored fingerprint.
 * - Offsets are dense; a gap halts. It never jumps.
 * - After a failed `handle` it waits (100 ms to 5 s), reads the position anew and goes on from there: a COMMIT
 *   whose answer was lost is not repeated, and one that failed is.
 * - A halted partition is tried again after `haltedMs`, so mending the cause is enough.
 */
export class PartitionLoop {
  /** why it halted, while it is */
  halted: string | undefined;
  /** why the last batch was not delivered, while it is tried again */
  failing: string | undefined;
  /** offset of the next record to deliver, once the position was proven */
  next: bigint | undefined;
  private readonly abort = new AbortController();
  private reread = false;
  private isOpen = false;
  private haltedOpen = false;
  private failedOpen = false;
  private running: Promise<void> | undefined;

  constructor(protected readonly task: LoopTask) {}

  start(): void {
    this.running = this.run(this.abort.signal);
  }

  /** Reads the position anew after the batch in hand. */
  reopen(): void {
    this.reread = true;
  }

  /** Lets the batch in hand finish, then ends. */
  async stop(): Promise<void> {
    this.abort.abort();
    await this.running;
  }

  private async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    const delivered = () => {
      failures = 0;
      this.failing = undefined;
    };
    while (!signal.aborted) {
      try {
        this.reread = false;
        this.isOpen = false;
        const position = await this.open(signal);
        this.mended();
        await this.follow(position, signal, delivered);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof PartitionHalted) this.halt(error.message);
        else this.fail(error);
        await sleep(this.halted === undefined ? backOff(failures++) : this.task.haltedMs, signal);
      }
    }
  }

  /** A position that is served again mends what kept it from being so; what came later is mended by a delivery. */
  private mended(): void {
    this.isOpen = true;
    if (!this.haltedOpen) this.halted = undefined;
    if (!this.failedOpen) this.failing = undefined;
  }

  /** @throws PartitionHalted when the log cannot serve the stored position */
  private async open(signal: AbortSignal): Promise<Position> {
    const position = await this.position();
    const verified = this.verify(position, await this.task.source.mark());
    await this.prove(verified, signal);
    return verified;
  }

  protected position(): Promise<Position> {
    return this.task.subscription.position(this.task.topic, this.task.partition);
  }

  protected verify(position: Position, mark: Mark): Position {
    const { next } = position;
    if (next < mark.low) {
      throw this.halting(
        `position ${next} is behind the first record kept, ${mark.low}: records were deleted`,
      );
    }
    if (next > mark.high) {
      throw this.halting(
        `position ${next} is past the end, ${mark.high}: this is another log, or it was cut`,
      );
    }
    return position;
  }

  /** The record before the position must be the one that was applied there; deleted meanwhile, it proves nothing. */
  private async prove(position: Position, signal: AbortSignal): Promise<void> {
    const before = position.next - 1n;
    if (before < 0n || position.fingerprint === null) return;
    const { low } = await this.task.source.mark();
    if (before < low) return;
    for (;;) {
      const { records, passed = [] } = await this.task.source.fetch(before, 1, signal);
      signal.throwIfAborted();
      const [record] = records;
      const [range] = passed;
      if (record?.offset === before && fingerprint(record) === position.fingerprint) return;
      if (range?.first === before && range.fingerprint === position.fingerprint) return;
      if (!record && !range) continue;
      throw this.halting(`the record at ${before} is not the one applied there: the topic was made anew`);
    }
  }

  private async follow(position: Position, signal: AbortSignal, delivered: () => void): Promise<void> {
    const { source, batchSize } = this.task;
    let { next } = position;
    this.next = next;
    while (!signal.aborted && !this.reread) {
      const { records, passed = [], high } = await source.fetch(next, batchSize, signal);
      if (signal.aborted || this.reread) return;
      const extent = extentOf({ records, passed });
      if (!extent) continue;
      this.assertDense(next, { records, passed });
      const { topic, partition, subscription } = this.task;
      const batch: Batch = { topic, partition, records, passed, high };
      const stored = await subscription.handle(batch, signal);
      delivered();
      this.halted = undefined;
      ({ next } = extent.end);
      this.next = stored.next;
      // The store is ahead or behind what was delivered (another owner, a rewind): prove its position first.
      if (stored.next !== next) return;
    }
  }

  protected assertDense(next: bigint, stretch: Stretch): void {
    const missing = missingIn(next, stretch);
    if (missing) throw this.halting(`record ${missing.at} is missing, the next one is ${missing.found}`);
  }

  private halting(why: string): PartitionHalted {
    const { topic, partition, subscription } = this.task;
    return new PartitionHalted(`${topic}/${partition} for ${subscription.group}: ${why}.`);
  }

  private fail(error: unknown): void {
    this.failedOpen = this.isOpen;
    this.failing = error instanceof Error ? error.message : String(error);
  }

  private halt(reason: string): void {
    this.haltedOpen = this.isOpen;
    if (this.halted === reason) return;
    this.halted = reason;
    this.task.subscription.halted?.(this.task.topic, this.task.partition, reason);
  }
}
