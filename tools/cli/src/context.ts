import { Client, NoAnswer, oneAddress, ProblemAnswer, readRunning, type Running } from '@throughline/client';
import { kafkaAccess, type KafkaAccess, type KafkaAccessKeys } from '@throughline/log';
import type { Command } from 'commander';
import { asCommands } from './as-commands.ts';
import { UsageError } from './usage.error.ts';

export { UsageError } from './usage.error.ts';

/** The address given with --url, else the installation that runs on this machine. @throws UsageError */
export function clientOf(command: Command): Client {
  const { url } = command.optsWithGlobals<{ url?: string }>();
  if (url === undefined) return new Client(runningHere().urls);
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return new Client(oneAddress(url));
  throw new UsageError(`--url takes an address such as http://127.0.0.1:3400, not ${url}.`);
}

/** @throws UsageError that says how to start one */
export function runningHere(): Running {
  const running = readRunning();
  if (running) return running;
  throw new UsageError(
    'No Throughline runs here. Start it with `npm start`, or give --url http://host:port.',
  );
}

/** What the user is told of a failure, and nothing of its inside. */
export function explain(error: unknown): string {
  if (error instanceof ProblemAnswer)
    return `Refused (${error.status} ${error.code}): ${asCommands(error.message)}`;
  if (error instanceof NoAnswer || error instanceof UsageError) return error.message;
  // an error of the log or the database that says itself whether to try again
  if (error instanceof Error && 'retriable' in error) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The brokers to speak to and how, or null when the installation that runs here has the embedded log. */
export function brokersOf(given: string | undefined): ({ brokers: readonly string[] } & KafkaAccess) | null {
  const list = given ?? process.env['KAFKA_BROKERS'];
  if (list) {
    const brokers = list.split(',').map((broker) => broker.trim());
    return { brokers, ...accessOf(process.env as KafkaAccessKeys) };
  }
  const { log } = runningHere();
  return log.kind === 'kafka' ? { brokers: log.brokers ?? [], ...accessOf(log.access ?? {}) } : null;
}

/** @throws UsageError */
function accessOf(keys: KafkaAccessKeys): KafkaAccess {
  try {
    return kafkaAccess(keys);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
