import type { DynamicModule } from '@nestjs/common';
import { kafkaAccess, kafkaLog, postgresLog, type KafkaAccessKeys, type Log } from '@throughline/log';
import { Database } from '@throughline/postgres';
import { observeLog, startTelemetry, type Telemetry } from '@throughline/telemetry';
import type { Environment } from './config.ts';
import { serve, stopOnSignal, type RunningService } from './serve.ts';
import { ServiceLog } from './service-log.ts';
import { TopicCheck, TopicCheckModule } from './topic-check.module.ts';

/** What the environment of a service process says; `listenShape`, `logShape` and two keys more make it. */
export interface ProcessConfig extends KafkaAccessKeys {
  readonly HOST: string;
  readonly PORT: number;
  readonly ALLOWED_HOSTS: readonly string[];
  readonly LOG: 'kafka' | 'postgres';
  readonly KAFKA_BROKERS?: readonly string[] | undefined;
  readonly LOG_DATABASE_URL?: string | undefined;
  readonly DATABASE_URL: string;
  /** how many every topic must have */
  readonly PARTITIONS: number;
  readonly MAX_REQUESTS: number;
  readonly MAX_BODY_BYTES: number;
  readonly MAX_WAIT_MS: number;
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
 * is one line of its log, and exit code 1. A log that is away does not: the service opens its doors and goes on by
 * itself once the log answers, unless its topics are set wrongly.
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
  const wrong = Promise.withResolvers<unknown>();
  const check = new TopicCheck({
    log: events,
    topics,
    partitions: config.PARTITIONS,
    refused: wrong.resolve,
  });
  await check.start();
  if (check.waitsFor !== null) log.warn('the log is away; it is tried again', { reason: check.waitsFor });
  const running = await serve({
    modules: [
      TopicCheckModule.of(name, check),
      ...program.modules({ database, log: check.log, telemetry }, config),
    ],
    title: `Throughline ${name}`,
    version,
    port: config.PORT,
    host: config.HOST,
    allowedHosts: config.ALLOWED_HOSTS,
    log,
    telemetry,
    limits: {
      requests: config.MAX_REQUESTS,
      bodyBytes: config.MAX_BODY_BYTES,
      waitMs: config.MAX_WAIT_MS,
    },
    closing: [() => events.close(), () => database.close(), () => telemetry.shutdown()],
  });
  void wrong.promise.then(async (error) => {
    log.error('the service stops', {}, error);
    await running.stop();
    process.exit(1);
  });
  return running;
}

/** The log that the configuration names, traced. It connects at first use. */
function openLog(
  config: ProcessConfig,
  { name, telemetry, log }: { name: string; telemetry: Telemetry; log: ServiceLog },
): Log {
  const { LOG, KAFKA_BROKERS = [], LOG_DATABASE_URL = '' } = config;
  if (LOG === 'postgres')
    return postgresLog({ url: LOG_DATABASE_URL, observe: observeLog(telemetry, 'postgresql') });
  const warn = (line: string) => log.warn(line);
  return kafkaLog({
    brokers: KAFKA_BROKERS,
    ...kafkaAccess(config),
    clientId: name,
    log: warn,
    observe: observeLog(telemetry, 'kafka'),
  });
}
