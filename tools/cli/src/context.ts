import { Client, NoAnswer, oneAddress, ProblemAnswer, readRunning, type Running } from '@throughline/client';
import type { Command } from 'commander';

/** A failure of the command line itself: printed without a stack, exit code 1. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The address given with --url, else the installation that runs on this machine. */
export function clientOf(command: Command): Client {
  const { url } = command.optsWithGlobals<{ url?: string }>();
  return new Client(url === undefined ? runningHere().urls : oneAddress(url));
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
  if (error instanceof ProblemAnswer) return `Refused (${error.status} ${error.code}): ${error.message}`;
  if (error instanceof NoAnswer || error instanceof UsageError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The brokers to speak to, or null when the installation that runs here has the embedded log. */
export function brokersOf(given: string | undefined): readonly string[] | null {
  const list = given ?? process.env['KAFKA_BROKERS'];
  if (list) return list.split(',').map((broker) => broker.trim());
  const { log } = runningHere();
  return log.kind === 'kafka' ? (log.brokers ?? []) : null;
}
