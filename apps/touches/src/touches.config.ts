import {
  listenShape,
  logIsComplete,
  logShape,
  postgresUrl,
  readConfig,
  type Environment,
} from '@throughline/service';
import { z } from 'zod';

const schema = z
  .object({
    ...listenShape(3401),
    ...logShape,
    DATABASE_URL: postgresUrl(),
    PARTITIONS: z.coerce.number().int().min(1).max(1_000).default(12),
  })
  .superRefine(logIsComplete);

export type TouchesConfig = Readonly<z.output<typeof schema>>;

/** @throws ConfigError naming every bad key */
export function readTouchesConfig(env: Environment): TouchesConfig {
  return readConfig(schema, env);
}
