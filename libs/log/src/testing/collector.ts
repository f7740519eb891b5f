import { extentOf } from '../extent.ts';
import { PartitionHalted } from '../log.error.ts';
import { START, type Batch, type LogRecord, type Passed, type Position, type Subscription } from '../log.ts';

const PATIENCE_MS = 25_000;

/** Positions that outlive a subscriber, as a database's do. */
export type Positions = Map<string, Position>;

/** A subscription that keeps what it was given and stores positions in a map; `fail` may throw before or after. */
export class Collector implements Subscription {
  readonly batches: Batch[] = [];
  readonly records: LogRecord[] = [];
  readonly passed: Passed[] = [];
  readonly halts = new Map<string, string>();
  /** every position stored, in order, by partition */
  readonly stored: { partition: number; next: bigint }[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly group: string,
    readonly topics: readonly string[],
    readonly positions: Positions = new Map(),
    private readonly fail: { before?(batch: Batch): void | Promise<void>; after?(batch: Batch): void } = {},
  ) {}

  async position(topic: string, partition: number): Promise<Position> {
    return this.positions.get(`${topic}/${partition}`) ?? START;
  }

  async handle(batch: Batch): Promise<Position> {
    this.batches.push(batch);
    this.look();
    await this.fail.before?.(batch);
    const stored = extentOf(batch)?.end;
    if (!stored) throw new Error('an empty batch was delivered');
    const broken = batch.passed?.find(({ kind }) => kind === 'broken');
    if (broken) throw new PartitionHalted(`broken at ${broken.first}: ${broken.reason}`);
    this.positions.set(`${batch.topic}/${batch.partition}`, stored);
    this.stored.push({ partition: batch.partition, next: stored.next });
    this.records.push(...batch.records);
    this.passed.push(...(batch.passed ?? []));
    try {
      this.fail.after?.(batch);
    } finally {
      this.look();
    }
    return stored;
  }

  halted(topic: string, partition: number, reason: string): void {
    this.halts.set(`${topic}/${partition}`, reason);
    this.look();
  }

  /** Resolves when `reached` holds after something was delivered, stored or halted. @throws after 25 s */
  async waitFor(reached: (collector: this) => boolean, what: string): Promise<void> {
    const done = Promise.withResolvers<undefined>();
    const look = () => {
      if (reached(this)) done.resolve(undefined);
    };
    const timer = setTimeout(
      () =>
        done.reject(
          new Error(
            `waited for ${what}; have ${this.records.length} records, halts ${[...this.halts.values()].join('; ') || 'none'}`,
          ),
        ),
      PATIENCE_MS,
    );
    this.waiting.add(look);
    look();
    try {
      await done.promise;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(look);
    }
  }

  private look(): void {
    for (const look of this.waiting) look();
  }
}

/** Tries again every 50 ms until it gives true. @throws after 25 s */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
