import type { Batch, Log, Mark } from './log.ts';

export interface ReadAllOptions {
  /** where to begin, by partition; the first record kept unless told */
  readonly from?: ReadonlyMap<number, bigint>;
  /** where to end (not included), by partition; the high marks at the call unless told */
  readonly to?: ReadonlyMap<number, bigint>;
  /** most records a batch, 1,000 unless told */
  readonly batchSize?: number;
}

/**
 * Reads a whole topic as it stands now. All partitions are read at once, each in its order; between partitions
 * there is no order.
 */
export async function* readAll(log: Log, topic: string, options: ReadAllOptions = {}): AsyncGenerator<Batch> {
  const batchSize = options.batchSize ?? 1_000;
  const readers = (await log.marks(topic))
    .map((mark) => ({ topic, partition: mark.partition, ...span(mark, options), batchSize }))
    .filter(({ from, to }) => from < to)
    .map((range) => new PartitionReader(log.read(range)[Symbol.asyncIterator]()));
  const reading = new Map(readers.map((reader) => [reader, reader.next()]));
  try {
    while (reading.size > 0) {
      const { reader, result } = await Promise.race(reading.values());
      if (result.done) {
        reading.delete(reader);
        continue;
      }
      // Asked for before it is needed: the next batch arrives while this one is worked on.
      reading.set(reader, reader.next());
      yield result.value;
    }
  } finally {
    await Promise.all([...reading.keys()].map((reader) => reader.end()));
  }
}

class PartitionReader {
  private pending: Promise<unknown> = Promise.resolve();

  constructor(private readonly batches: AsyncIterator<Batch>) {}

  next(): Promise<{ reader: PartitionReader; result: IteratorResult<Batch> }> {
    const next = this.batches.next().then((result) => ({ reader: this, result }));
    this.pending = next.catch(() => undefined);
    return next;
  }

  async end(): Promise<void> {
    await this.pending;
    await this.batches.return?.();
  }
}

function span({ partition, low, high }: Mark, { from, to }: ReadAllOptions): { from: bigint; to: bigint } {
  return { from: from?.get(partition) ?? low, to: to?.get(partition) ?? high };
}
