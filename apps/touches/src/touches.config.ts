import { processSchema, readConfig, type Environment } from '@throughline/service';
import { z } from 'zod';
import { QUARANTINE_LIMITS, type QuarantineLimits } from './quarantine/quarantine-limits.ts';

const { maxBytes, waitingDays, settledDays } = QUARANTINE_LIMITS;
const days = (usual: number) => z.coerce.number().int().min(1).max(36_500).default(usual);

/** How much the quarantine keeps, and for how long. */
const quarantineShape = {
  QUARANTINE_MAX_BYTES: z.coerce.number().int().min(0).default(maxBytes),
  QUARANTINE_WAITING_DAYS: days(waitingDays),
  QUARANTINE_SETTLED_DAYS: days(settledDays),
};

const schema = processSchema(3401, quarantineShape);

export type TouchesConfig = Readonly<z.output<typeof schema>>;

/**
 * HOST, PORT (3401); DATABASE_URL, of the service's own database; LOG `kafka` with KAFKA_BROKERS or `postgres` with
 * LOG_DATABASE_URL; PARTITIONS (12); MAX_REQUESTS (256) in hand at once, MAX_BODY_BYTES (32 MB) of their bodies,
 * MAX_WAIT_MS (1,000) for their turn; QUARANTINE_MAX_BYTES (256 MB) of what waits there, QUARANTINE_WAITING_DAYS (180)
 * until it is discarded, QUARANTINE_SETTLED_DAYS (30) until the bytes of the rest are removed. OTEL_* variables go to telemetry.
 * @throws ConfigError naming every bad key
 */
export function readTouchesConfig(env: Environment): TouchesConfig {
  return readConfig(schema, env);
}

/** Of a process that has other services too. @throws ConfigError naming every bad key */
export function readQuarantineLimits(env: Environment): QuarantineLimits {
  return quarantineLimits(readConfig(z.object(quarantineShape), env));
}

export function quarantineLimits(config: z.output<z.ZodObject<typeof quarantineShape>>): QuarantineLimits {
  return {
    maxBytes: config.QUARANTINE_MAX_BYTES,
    waitingDays: config.QUARANTINE_WAITING_DAYS,
    settledDays: config.QUARANTINE_SETTLED_DAYS,
  };
}
