import type { Batch, Log, Mark } from './log.ts';

/**
 * Reads a whole topic as it stands now: every partition from its first record kept up to the high mark at the
 * call, partition after partition.
 * @param range from and to of each partition in place of the marks, for a read that goes on or that ends at a vector
 */
export async function* readAll(
  log: Log,
  topic: string,
  range?: { from?: ReadonlyMap<number, bigint>; to?: ReadonlyMap<number, bigint>; batchSize?: number },
): AsyncGenerator<Batch> {
  for (const mark of await log.marks(topic)) {
    const { from, to } = span(mark, range);
    if (from >= to) continue;
    const { partition } = mark;
    yield* log.read({
      topic,
      partition,
      from,
      to,
      ...(range?.batchSize === undefined ? {} : { batchSize: range.batchSize }),
    });
  }
}

function span(
  { partition, low, high }: Mark,
  range?: { from?: ReadonlyMap<number, bigint>; to?: ReadonlyMap<number, bigint> },
): { from: bigint; to: bigint } {
  return { from: range?.from?.get(partition) ?? low, to: range?.to?.get(partition) ?? high };
}
