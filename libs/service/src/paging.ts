import { z } from 'zod';
import { ProblemError } from './problem.ts';

/** `?limit=` of every list. */
export const limit = z.coerce
  .number<string>()
  .int()
  .min(1)
  .max(1_000)
  .default(100)
  .describe('How many at most, 100 unless told');

/** A query parameter that is true or false, false unless told. */
export const flag = z
  .stringbool()
  .default(false)
  .meta({ enum: ['true', 'false'] });

/** A page of a list; `next` is what to send to get the following one, null on the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export function pageSchema(item: z.ZodType) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/** @param found rows read with one more than `most`, to see whether there is a next page */
export function pageOf<T>(found: readonly T[], most: number, cursor: (item: T) => string): Page<T> {
  const items = found.slice(0, most);
  const last = items.at(-1);
  return { items, next: found.length > most && last !== undefined ? cursor(last) : null };
}

/** What part of a list that is counted from its beginning. */
export interface Slice {
  readonly limit: number;
  readonly offset: number;
}

/** A page of a list that is counted from its beginning. @param found rows read from `offset`, with one more than `limit` */
export function pageFrom<T>(found: readonly T[], { limit: most, offset }: Slice): Page<T> {
  return { items: found.slice(0, most), next: found.length > most ? `after-${offset + most}` : null };
}

/** @param cursor the `next` of a page that `pageFrom` made @throws ProblemError 422 for any other */
export function readOffset(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const found = /^after-(\d{1,9})$/.exec(cursor)?.[1];
  if (found === undefined) throw badCursor();
  return Number(found);
}

/** @returns 422 for a `cursor` that no page gave */
export function badCursor(): ProblemError {
  return new ProblemError({
    ...{ status: 422, code: 'cursor-invalid', field: 'cursor' },
    detail: 'cursor is not one that a page of this list gave.',
    remedy: 'Send the `next` of the page before, unchanged and with the same filters, or leave it out.',
  });
}
