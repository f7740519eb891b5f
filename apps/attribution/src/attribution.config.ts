import { processSchema, readConfig, type Environment } from '@throughline/service';
import type { z } from 'zod';

const schema = processSchema(3405);

export type AttributionConfig = Readonly<z.output<typeof schema>>;

/**
 * HOST, PORT (3405); DATABASE_URL, of the service's own database; LOG `kafka` with KAFKA_BROKERS or `postgres` with
 * LOG_DATABASE_URL; PARTITIONS (12); MAX_REQUESTS (256) in hand at once, MAX_BODY_BYTES (32 MB) of their bodies,
 * MAX_WAIT_MS (1,000) for their turn. OTEL_* variables go to telemetry.
 * @throws ConfigError naming every bad key
 */
export function readAttributionConfig(env: Environment): AttributionConfig {
  return readConfig(schema, env);
}
