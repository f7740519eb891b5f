import type { Command } from 'commander';
import type { ServiceName } from '@throughline/client';
import { clientOf, explain } from './context.ts';
import { figures, printable, say, show, table } from './output.ts';

interface Batch {
  readonly place: string;
  readonly records: number;
  readonly reason: string;
  readonly discarded: boolean;
}

interface Status {
  readonly projection: { readonly name: string; readonly version: number; readonly schema: string };
  readonly log: { readonly answers: boolean; readonly reason: string | null };
  readonly lag: { readonly events: number | null; readonly seconds: number | null };
  readonly accounting: Readonly<Record<'accepted' | 'applied' | 'parked' | 'duplicates', number>> & {
    readonly balanced: boolean;
  };
  readonly parked: Readonly<Record<string, { readonly events: number; readonly keys: number }>>;
  readonly conflicts: number;
  readonly decisionConflicts: number;
  readonly unreadable: {
    readonly records: number;
    readonly batches: readonly Batch[];
  };
  readonly positions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly position: string;
    readonly high: string | null;
    readonly events: number | null;
    readonly held: number | null;
    readonly seconds: number | null;
  }[];
}

interface Health {
  readonly checks: Readonly<
    Record<string, { readonly ok: boolean; readonly detail?: Readonly<Record<string, unknown>> }>
  >;
}

/** A part that did not answer in time, or not with what it was asked for. */
interface Unanswered {
  readonly service: ServiceName;
  readonly path: string;
  readonly reason: string;
}

/** A broker, a database or a service that is away must not keep the rest from being shown. */
const ANSWER_MS = 2_500;

type Accounting = Readonly<Record<string, unknown>>;

export function addStatus(program: Command): void {
  program
    .command('status')
    .option('--positions', 'every partition, not only those behind')
    .description('lag, outboxes, parked, quarantined, and whether everything is accounted for')
    .action(async (options: { positions?: boolean }, command: Command) => {
      const client = clientOf(command);
      const addresses = [...new Set(Object.values(client.urls))];
      const services = ['touches', 'leads', 'opportunities', 'journeys', 'attribution'] as const;
      const asked = addresses.length === 1 ? (['journeys'] as const) : services;
      const unanswered: Unanswered[] = [];
      const ask = async <T>(service: ServiceName, path: string): Promise<T | null> => {
        try {
          return await client.once<T>(service, path, ANSWER_MS);
        } catch (error) {
          unanswered.push({ service, path, reason: explain(error) });
          return null;
        }
      };
      const [status, intake, ...health] = await Promise.all([
        ask<Status>('journeys', '/v1/status'),
        ask<Accounting>('touches', '/v1/accounting'),
        ...asked.map((service) => ask<Health>(service, '/health/fresh')),
      ]);
      const checks = Object.assign({}, ...health.map((each) => each?.checks)) as Health['checks'];
      show(command, { status, intake, checks, unanswered }, () => {
        printUnanswered(unanswered, status);
        if (status !== null) print(status);
        if (intake !== null) say(`Intake: ${figures(intake)}`);
        printChecks(checks);
        if (status !== null) printPositions(status, options.positions === true);
      });
      if (unanswered.length > 0 || status?.log.answers === false) process.exitCode = 1;
    });
}

function printUnanswered(unanswered: readonly Unanswered[], status: Status | null): void {
  if (status?.log.answers === false)
    say(`The log does not answer (${status.log.reason}); what only it knows is left out.`);
  for (const { service, path, reason } of unanswered)
    say(printable(`${service} does not answer ${path}: ${reason}`));
  if (unanswered.length > 0 || status?.log.answers === false) say('');
}

function print({
  projection,
  lag,
  accounting,
  parked,
  conflicts,
  decisionConflicts,
  unreadable,
  positions,
}: Status): void {
  const { name, version, schema } = projection;
  const behind =
    lag.events === null ? 'how far behind is not known' : `${lag.events} events and ${lag.seconds} s behind`;
  say(`Projection ${name} version ${version} (${schema}): ${behind}`);
  const { accepted, applied, duplicates, balanced } = accounting;
  const parts = `applied ${applied} + parked ${accounting.parked} + duplicates ${duplicates} + unreadable ${unreadable.records}`;
  say(`  read ${accepted} = ${parts}${balanced ? '' : '  NOT BALANCED'}`);
  const lost =
    decisionConflicts > 0
      ? `, ${decisionConflicts} of decisions that NEVER TAKE EFFECT (GET /v1/conflicts)`
      : '';
  say(`  parked: ${figures(parked) || 'none'}; conflicts: ${conflicts}${lost}`);
  for (const { topic, partition, held } of positions.filter((each) => (each.held ?? 0) > 0)) {
    say(`  ${topic}/${partition}: ${held} records wait for the end of an open transaction of their producer`);
  }
  const standing = unreadable.batches.filter(({ discarded }) => !discarded);
  if (standing.length === 0) return;
  say(
    '  batches that cannot be decoded; give one up with `throughline parked discard <place> --reason <why>`:',
  );
  for (const { place, records, reason } of standing) say(`    ${place} (${records} records): ${reason}`);
}

function printChecks(checks: Health['checks']): void {
  say('');
  table(
    ['check', 'ok', 'detail'],
    Object.entries(checks).map(([name, { ok, detail }]) => [name, ok ? 'yes' : 'NO', figures(detail ?? {})]),
    'No service says how it is.',
  );
}

function printPositions({ positions }: Status, all: boolean): void {
  const shown = all ? positions : positions.filter(({ events }) => (events ?? 0) > 0);
  if (shown.length === 0) return;
  say('');
  table(
    ['topic', 'partition', 'position', 'high', 'events behind', 'seconds'],
    shown.map((each) => [each.topic, each.partition, each.position, each.high, each.events, each.seconds]),
  );
}
