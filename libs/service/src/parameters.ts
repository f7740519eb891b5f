import { z } from 'zod';

/** A parameter that may be repeated. */
export const several = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((given) => [given].flat());

/** Names separated by commas; may be repeated. */
export const names = several.transform((given) =>
  given.flatMap((item) => item.split(',')).filter((name) => name !== ''),
);
