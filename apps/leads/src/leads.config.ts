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
    ...listenShape(3402),
    ...logShape,
    DATABASE_URL: postgresUrl(),
    PARTITIONS: z.coerce.number().int().min(1).max(1_000).default(12),
  })
  .superRefine(logIsComplete);

export type LeadsConfig = Readonly<z.output<typeof schema>>;

/**
 * HOST, PORT (3402); DATABASE_URL, of the service's own database; LOG `kafka` with KAFKA_BROKERS or `postgres` with
 * LOG_DATABASE_URL. PARTITIONS (12) is how many
 * every topic must have. OTEL_* variables go to telemetry.
 * @throws ConfigError naming every bad key
 */
export function leadsConfig(env: Environment): LeadsConfig {
  return readConfig(schema, env);
}
