import { randomUUID } from 'node:crypto';

/** One append: the next event of a stream, behind `version` events. */
export interface Next {
  readonly stream: string;
  readonly version: number;
}

/** As many events as an entity usually has. */
const STREAM_LENGTH = 10;

/**
 * So many writers at once, each with streams of its own that it fills one event after the other, every append awaited.
 * @returns how many appends that were
 */
export async function write(
  writers: number,
  appends: number,
  append: (next: Next, writer: number) => Promise<unknown>,
): Promise<number> {
  const each = Math.ceil(appends / writers);
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      let stream = '';
      for (let n = 0; n < each; n += 1) {
        const version = n % STREAM_LENGTH;
        if (version === 0) stream = `lead-${randomUUID()}`;
        await append({ stream, version }, writer);
      }
    }),
  );
  return each * writers;
}
