import type { DynamicModule } from '@nestjs/common';
import { kafkaLog, LogUnavailable, postgresLog, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { observeLog, startTelemetry, type Telemetry } from '@throughline/telemetry';
import type { Environment } from './config.ts';
import { serve, stopOnSignal, type RunningService } from './serve.ts';
import { ServiceLog } from './service-log.ts';

/** What the environment of a service process says; `listenShape`, `logShape` and two keys more make it. */
export interface ProcessConfig {
  readonly HOST: string;
  readonly PORT: number;
  readonly LOG: 'kafka' | 'postgres';
  readonly KAFKA_BROKERS?: readonly string[] | undefined;
  readonly LOG_DATABASE_URL?: string | undefined;
  readonly DATABASE_URL: string;
  /** how many every topic must have */
  readonly PARTITIONS: number;
}

export interface ServiceParts {
  readonly database: Database;
  readonly log: Log;
  readonly telemetry: Telemetry;
}

export interface ServiceProgram<C extends ProcessConfig> {
  readonly name: string;
  readonly version: string;
  readonly env: Environment;
  /** @throws ConfigError */
  readConfig(env: Environment): C;
  /** topics that it reads or writes */
  readonly topics: readonly string[];
  modules(parts: ServiceParts, config: C): readonly DynamicModule[];
}

/**
 * The main program of a service in a process of its own: runs until SIGINT or SIGTERM. What keeps it from starting
 * is one line of its log, and exit code 1.
 */
export async function runService<C extends ProcessConfig>(program: ServiceProgram<C>): Promise<void> {
  const log = new ServiceLog({ service: program.name });
  try {
    const running = await start(program, log);
    stopOnSignal(running.stop);
  } catch (error) {
    log.error('the service does not start', {}, error);
    process.exit(1);
  }
}

async function start<C extends ProcessConfig>(
  program: ServiceProgram<C>,
  log: ServiceLog,
): Promise<RunningService> {
  const { name, version, env, topics } = program;
  const config = program.readConfig(env);
  const telemetry = startTelemetry(name, env);
  const database = await Database.open({ url: config.DATABASE_URL, name });
  const events = openLog(config, { name, telemetry, log });
  await checkTopics(events, topics, { partitions: config.PARTITIONS, log });
  const running = await serve({
    modules: program.modules({ database, log: events, telemetry }, config),
    title: `Throughline ${name}`,
    version,
    port: config.PORT,
    host: config.HOST,
    log,
    telemetry,
    closing: [() => events.close(), () => database.close(), () => telemetry.shutdown()],
  });
  return running;
}

/** The log that the configuration names, traced. It connects at first use. */
export function openLog(
  { LOG, KAFKA_BROKERS = [], LOG_DATABASE_URL = '' }: ProcessConfig,
  { name, telemetry, log }: { name: string; telemetry: Telemetry; log: ServiceLog },
): Log {
  if (LOG === 'postgres')
    return postgresLog({ url: LOG_DATABASE_URL, observe: observeLog(telemetry, 'postgresql') });
  const warn = (line: string) => log.warn(line);
  return kafkaLog({
    brokers: KAFKA_BROKERS,
    clientId: name,
    log: warn,
    observe: observeLog(telemetry, 'kafka'),
  });
}

/** Default retention would delete imported history, so no service starts on it. A log that is away may come back. */
async function checkTopics(
  events: Log,
  topics: readonly string[],
  { partitions, log }: { partitions: number; log: ServiceLog },
): Promise<void> {
  try {
    await events.checkTopics(topics.map((topic) => ({ name: topic, partitions })));
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error;
    log.warn('the log is away; what is written waits in the outbox', { reason: error.message });
  }
}
