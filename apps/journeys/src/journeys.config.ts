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
  .object({ ...listenShape(3404), ...logShape, DATABASE_URL: postgresUrl() })
  .superRefine(logIsComplete);

export type JourneysConfig = Readonly<z.output<typeof schema>>;

/**
 * HOST, PORT (3404); DATABASE_URL, of the service's own database; LOG `kafka` with KAFKA_BROKERS or `postgres` with
 * LOG_DATABASE_URL. OTEL_* variables go to telemetry.
 * @throws ConfigError naming every bad key
 */
export function journeysConfig(env: Environment): JourneysConfig {
  return readConfig(schema, env);
}
