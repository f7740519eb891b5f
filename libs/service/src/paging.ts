import { z } from 'zod';

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
