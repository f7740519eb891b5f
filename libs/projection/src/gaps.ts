import { PartitionHalted, type Batch, type Log } from '@throughline/log';

/** The version that a stream waits for. */
export interface Missing {
  readonly stream: string;
  readonly version: number;
}

/** More keys wait for a version than the limit allows; mended when the log brings what they wait for. */
export class TooManyGaps extends PartitionHalted {
  readonly missing: readonly Missing[];

  constructor(message: string, missing: readonly Missing[]) {
    super(message);
    this.missing = missing;
  }
}

/**
 * Looks for missing versions behind a batch: a reemit puts them at the end of the log, where a halted partition would
 * never come. Only the headers are read.
 * @returns the offset up to which the log was looked at, when no more than `most` are missing still; else null
 */
export async function filledUpTo(
  log: Log,
  { topic, partition, records }: Batch,
  missing: readonly Missing[],
  most: number,
): Promise<bigint | null> {
  const wanted = new Set(missing.map(({ stream, version }) => JSON.stringify([stream, String(version)])));
  const from = (records.at(-1)?.offset ?? -1n) + 1n;
  const to = (await log.marks(topic)).find((mark) => mark.partition === partition)?.high ?? from;
  for await (const ahead of log.read({ topic, partition, from, to })) {
    for (const { headers } of ahead.records) {
      wanted.delete(JSON.stringify([headers['ce_stream'], headers['ce_streamversion']]));
    }
    if (wanted.size <= most) return to;
  }
  return null;
}
