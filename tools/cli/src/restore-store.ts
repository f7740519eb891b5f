import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@throughline/client';
import { Option, type Command } from 'commander';
import { clientOf, UsageError } from './context.ts';
import { progress, say, show, table } from './output.ts';

const services = ['leads', 'opportunities', 'attribution'] as const;
type Service = (typeof services)[number];

interface StoredEvent {
  readonly stream: string;
  readonly version: number;
  readonly name: string;
  readonly eventId: string;
}

interface Restored {
  readonly dryRun: boolean;
  readonly read: number;
  readonly events: number;
  readonly streams: number;
  readonly reemitted: number;
  readonly first: readonly StoredEvent[];
  readonly displaced: readonly StoredEvent[];
  readonly refused: readonly (Pick<StoredEvent, 'stream' | 'version'> & {
    readonly reason: string;
    readonly remedy: string;
  })[];
  readonly refusedStreams: number;
}

interface Job {
  readonly state: 'never-run' | 'running' | 'done' | 'failed';
  readonly progress: { readonly eventsDone: number; readonly eventsTotal: number } | null;
  readonly result: Restored | null;
  readonly error: string | null;
}

interface Chosen {
  readonly service?: Service;
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly acceptLog?: boolean;
}

const POLL_MS = 300;
const SHOWN = 20;

export function addRestoreStore(program: Command): void {
  program
    .command('restore-store')
    .addOption(new Option('--service <name>', 'whose store; every one unless given').choices(services))
    .option('--dry-run', 'only list what the stores lack')
    .option(
      '--replace',
      'where the log has another event than the store: take it, and put that of the store aside',
    )
    .option(
      '--accept-log',
      'the log is older than the store, for good: go on with it, and send it what it lacks',
    )
    .description(
      'take events back from the log into a store that was restored from an older backup; exits 1 when something stays as it is',
    )
    .action(async (options: Chosen, command: Command) => {
      const results: Partial<Record<Service, Restored>> = {};
      const client = clientOf(command);
      const asked = options.service === undefined ? services : [options.service];
      for (const service of asked) results[service] = await run(client, service, options);
      show(command, results, () => {
        for (const service of asked) print(service, results[service] as Restored);
      });
      if (asked.some((service) => (results[service]?.refusedStreams ?? 0) > 0)) process.exitCode = 1;
    });
}

async function run(client: Client, service: Service, options: Chosen): Promise<Restored> {
  const path = `/v1/stores/${service}/restore`;
  const flags = (['dryRun', 'replace', 'acceptLog'] as const).filter((flag) => options[flag] === true);
  await client.post(service, `${path}?${flags.map((flag) => `${flag}=true`).join('&')}`);
  const bar = progress(`store of ${service}`);
  try {
    for (;;) {
      const { state, progress: done, result, error } = await client.get<Job>(service, path);
      if (done) bar.update(done.eventsDone, done.eventsTotal);
      if (state === 'failed') throw new UsageError(`The restore of ${service} failed: ${error}`);
      if (state === 'done' && result) return result;
      await pause(POLL_MS);
    }
  } finally {
    bar.stop();
  }
}

function print(service: Service, result: Restored): void {
  const { dryRun, read, events, streams, first, displaced, refused, refusedStreams, reemitted } = result;
  const would = dryRun ? ' would be' : '';
  say(
    `${service}: ${read} records read; ${events} events of ${streams} streams${would} taken back from the log.`,
  );
  list(first, events);
  if (displaced.length > 0) {
    say(
      `  ${displaced.length} events of the store${would} put aside (table displaced_event); decide them anew:`,
    );
    list(displaced, displaced.length);
  }
  if (reemitted > 0) say(`  ${reemitted} events that the log lacks wait to be published again.`);
  if (refusedStreams === 0) return;
  say(`  ${refusedStreams} streams stay as they are:`);
  for (const { stream, reason, remedy } of refused.slice(0, SHOWN))
    say(`    ${stream}: ${reason}. ${remedy}`);
  if (refusedStreams > SHOWN) say(`    and ${refusedStreams - SHOWN} more; --json lists up to 1,000`);
}

function list(events: readonly StoredEvent[], all: number): void {
  if (events.length === 0) return;
  const shown = events.slice(0, SHOWN);
  table(
    ['stream', 'version', 'event', 'id'],
    shown.map(({ stream, version, name, eventId }) => [stream, version, name, eventId]),
  );
  if (all > shown.length) say(`  and ${all - shown.length} more; --json lists up to 1,000`);
}
