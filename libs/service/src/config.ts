import { isIP } from 'node:net';
import { SASL_MECHANISMS } from '@throughline/log';
import { z } from 'zod';
import { CEILING, LARGEST_BODY } from './admission.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment does not say what a service needs; the message lists every key that is wrong, and why. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the environment once, through one schema (relations between values are refinements of it).
 * An empty value counts as left out. Values never appear in messages: they may be secrets.
 * @throws ConfigError naming every bad key in one message
 */
export function readConfig<S extends z.ZodType>(schema: S, env: Environment): Readonly<z.output<S>> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const read = schema.safeParse(given);
  if (read.success) return Object.freeze(read.data) as Readonly<z.output<S>>;
  const lines = read.error.issues.map(
    (issue) => `  ${issue.path.join('.') || '(together)'}: ${issue.message}`,
  );
  throw new ConfigError(`The environment does not fit:\n${lines.join('\n')}`);
}

const LOOPBACK = '127.0.0.1';

/** Host and port keys of every service. `port` is the service's own default; 0 takes any free one. */
export const listenShape = (port: number) => ({
  HOST: z
    .string()
    .default(LOOPBACK)
    .refine(isLoopback, {
      error: `without API keys a service listens on loopback only: leave it out or use ${LOOPBACK} or ::1`,
    }),
  PORT: z.coerce.number().int().min(0).max(65_535).default(port),
  ALLOWED_HOSTS: allowedHosts(),
});

/** Names that callers use besides the loopback names, as their Host header has them. */
export function allowedHosts() {
  return z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((host) => host.trim().toLowerCase())
        .filter((host) => host !== ''),
    )
    .refine((list) => list.every((host) => /^([a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(host)), {
      error: 'must be host:port as callers write it, several separated by commas; no scheme, no path, no *',
    });
}

/** Keys that choose the log. Spread into an object schema and refine it with `logIsComplete`. */
export const logShape = {
  LOG: z.enum(['kafka', 'postgres']).default('postgres'),
  KAFKA_BROKERS: z
    .string()
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .refine((list) => list.every((broker) => /^[^\s:]+:\d+$/.test(broker)), {
      error: 'must be host:port, several separated by commas',
    })
    .optional(),
  KAFKA_TLS: z.enum(['true', 'false']).optional(),
  KAFKA_SASL_MECHANISM: z.enum(SASL_MECHANISMS).optional(),
  KAFKA_USERNAME: z.string().optional(),
  KAFKA_PASSWORD: z.string().optional(),
  LOG_DATABASE_URL: postgresUrl().optional(),
};

interface LogKeys {
  readonly LOG: 'kafka' | 'postgres';
  readonly KAFKA_BROKERS?: unknown;
  readonly KAFKA_USERNAME?: unknown;
  readonly KAFKA_PASSWORD?: unknown;
  readonly LOG_DATABASE_URL?: unknown;
}

/** What `LOG` chose must come with its address, and a name for Kafka with its password. */
export function logIsComplete(config: LogKeys, check: z.RefinementCtx): void {
  if (config.LOG !== 'kafka' && config.LOG !== 'postgres') return;
  const needed = config.LOG === 'kafka' ? 'KAFKA_BROKERS' : 'LOG_DATABASE_URL';
  if (config[needed] === undefined) {
    check.addIssue({ code: 'custom', path: [needed], message: `is needed when LOG is ${config.LOG}` });
  }
  const [name, password] = [config.KAFKA_USERNAME, config.KAFKA_PASSWORD];
  if ((name === undefined) === (password === undefined)) return;
  const missing = name === undefined ? 'KAFKA_USERNAME' : 'KAFKA_PASSWORD';
  check.addIssue({ code: 'custom', path: [missing], message: 'is needed: name and password go together' });
}

/**
 * What every service in a process of its own needs: where to listen, its database, its log, how many partitions every
 * topic must have, and what it takes on at once. `extra` are the service's own keys.
 */
export function processSchema<S extends z.ZodRawShape = Record<never, never>>(
  port: number,
  extra: S = {} as S,
) {
  return z
    .object({
      ...listenShape(port),
      ...logShape,
      DATABASE_URL: postgresUrl(),
      PARTITIONS: z.coerce.number().int().min(1).max(1_000).default(12),
      MAX_REQUESTS: z.coerce.number().int().min(1).max(100_000).default(CEILING.requests),
      MAX_BODY_BYTES: z.coerce.number().int().min(LARGEST_BODY).default(CEILING.bodyBytes),
      MAX_WAIT_MS: z.coerce.number().int().min(1).max(60_000).default(CEILING.waitMs),
      ...extra,
    })
    .superRefine((config, check) => logIsComplete(config as Parameters<typeof logIsComplete>[0], check), {
      when: () => true,
    });
}

/** A PostgreSQL connection URL. */
export function postgresUrl() {
  return z.string().regex(/^postgres(ql)?:\/\//, { error: 'must be a postgres:// URL' });
}

/** @throws ConfigError when the host could be reached from another machine */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new ConfigError(
    `Refusing to listen on ${host}: without API keys a service listens on loopback only. Use ${LOOPBACK} or ::1.`,
  );
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}
