import type { Command } from 'commander';
import { clientOf } from './context.ts';
import { figures, say, show, table } from './output.ts';

interface Batch {
  readonly place: string;
  readonly records: number;
  readonly reason: string;
  readonly discarded: boolean;
}

interface Status {
  readonly projection: { readonly name: string; readonly version: number; readonly schema: string };
  readonly lag: { readonly events: number; readonly seconds: number };
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
    readonly high: string;
    readonly events: number;
    readonly held: number;
    readonly seconds: number;
  }[];
}

interface Health {
  readonly checks: Readonly<
    Record<string, { readonly ok: boolean; readonly detail?: Readonly<Record<string, unknown>> }>
  >;
}

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
      const [status, door, ...health] = await Promise.all([
        client.get<Status>('journeys', '/v1/status'),
        client.get<Accounting>('touches', '/v1/accounting'),
        ...asked.map((service) => client.health<Health>(service)),
      ]);
      const checks = Object.assign({}, ...health.map((each) => each.checks)) as Health['checks'];
      show(command, { status, door, checks }, () => print(status, door, checks, options.positions === true));
    });
}

function print(
  { projection, lag, accounting, parked, conflicts, decisionConflicts, unreadable, positions }: Status,
  door: Accounting,
  checks: Health['checks'],
  all: boolean,
): void {
  say(
    `Projection ${projection.name} version ${projection.version} (${projection.schema}): ${lag.events} events and ${lag.seconds} s behind`,
  );
  const { accepted, applied, duplicates, balanced } = accounting;
  say(
    `  accepted ${accepted} = applied ${applied} + parked ${accounting.parked} + duplicates ${duplicates} + unreadable ${unreadable.records}${balanced ? '' : '  NOT BALANCED'}`,
  );
  say(
    `  parked: ${figures(parked) || 'none'}; conflicts: ${conflicts}${decisionConflicts > 0 ? `, ${decisionConflicts} of decisions that NEVER TAKE EFFECT (GET /v1/conflicts)` : ''}`,
  );
  for (const { topic, partition, held } of positions.filter((each) => each.held > 0)) {
    say(`  ${topic}/${partition}: ${held} records wait for the end of an open transaction of their producer`);
  }
  const standing = unreadable.batches.filter(({ discarded }) => !discarded);
  if (standing.length > 0) {
    say(
      '  batches that cannot be decoded; give one up with `throughline parked discard <place> --reason <why>`:',
    );
    for (const { place, records, reason } of standing) say(`    ${place} (${records} records): ${reason}`);
  }
  say(`Door for facts: ${figures(door)}`, '');
  table(
    ['check', 'ok', 'detail'],
    Object.entries(checks).map(([name, { ok, detail }]) => [name, ok ? 'yes' : 'NO', figures(detail ?? {})]),
  );
  const shown = all ? positions : positions.filter(({ events }) => events > 0);
  if (shown.length === 0) return;
  say('');
  table(
    ['topic', 'partition', 'position', 'high', 'events behind', 'seconds'],
    shown.map((each) => [each.topic, each.partition, each.position, each.high, each.events, each.seconds]),
  );
}
