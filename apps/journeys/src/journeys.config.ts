import { processSchema, readConfig, type Environment } from '@throughline/service';
import type { z } from 'zod';

const schema = processSchema(3404);

export type JourneysConfig = Readonly<z.output<typeof schema>>;

/**
 * HOST, PORT (3404); DATABASE_URL, of the service's own database; LOG `kafka` with KAFKA_BROKERS or `postgres` with
 * LOG_DATABASE_URL; PARTITIONS (12); MAX_REQUESTS (256) in hand at once, MAX_BODY_BYTES (32 MB) of their bodies,
 * MAX_WAIT_MS (1,000) for their turn. OTEL_* variables go to telemetry.
 * @throws ConfigError naming every bad key
 */
export function readJourneysConfig(env: Environment): JourneysConfig {
  return readConfig(schema, env);
}
