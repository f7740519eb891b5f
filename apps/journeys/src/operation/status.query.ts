import { setTimeout as pause } from 'node:timers/promises';
import type { PartitionAccount, PartitionLag, ProjectionRunner } from '@throughline/projection';
import type { Database } from '@throughline/postgres';
import { decisionConflicts } from './decision-conflicts.query.ts';

/** Batches that cannot be decoded are told one by one up to so many, the last of each topic. */
const MOST_BATCHES = 100;

/** The rest of the status does not wait for a log that is away. */
const LOG_MS = 1_500;

/**
 * Where the pipeline stands as this service sees it: positions, lag, parked, conflicts, accounting. Where the log does not
 * answer, what only it knows is null, and `log` says so.
 */
export async function status(database: Database, runner: ProjectionRunner) {
  const [live, lag, accounts, unreadable, parked, conflicts, decisions] = await Promise.all([
    runner.live(),
    lagOr(runner),
    runner.accounting(),
    runner.unreadable(),
    runner.parked.counts(),
    database.query<{ conflicts: number }>(
      'select count(*)::int as conflicts from journeys_read.repeat where conflict',
    ),
    decisionConflicts(database),
  ]);
  const sum = (of: (account: (typeof accounts)[number]) => number) =>
    accounts.reduce((total, account) => total + of(account), 0);
  return {
    projection: { name: runner.options.projection.name, version: live.version, schema: live.schema },
    log: { answers: Array.isArray(lag), reason: Array.isArray(lag) ? null : lag },
    lag: Array.isArray(lag)
      ? {
          events: Number(lag.reduce((total, { events }) => total + events, 0n)),
          seconds: Math.max(0, ...lag.map(({ seconds }) => seconds)),
        }
      : { events: null, seconds: null },
    accounting: {
      accepted: sum(({ accepted }) => accepted),
      applied: sum(({ applied }) => applied),
      parked: sum((account) => account.parked),
      duplicates: sum(({ duplicates }) => duplicates),
      balanced: accounts.every(({ balanced }) => balanced),
    },
    unreadable: {
      records: sum((account) => account.unreadable),
      batches: unreadable.slice(-MOST_BATCHES).map(({ place, first, next, code, reason, discarded }) => ({
        ...{ place, records: Number(next - first), code, reason, discarded },
      })),
    },
    transactionOffsets: sum(({ transaction }) => transaction),
    parked,
    conflicts: conflicts.rows[0]?.conflicts ?? 0,
    decisionConflicts: decisions,
    positions: Array.isArray(lag) ? lag.map(positionOf) : accounts.map(withoutLog),
  };
}

/** @returns why the log does not answer, where it does not */
function lagOr(runner: ProjectionRunner): Promise<PartitionLag[] | string> {
  const late = pause(LOG_MS, 'the log does not answer', { ref: false });
  return Promise.race([runner.lag().catch((error: unknown) => reasonOf(error)), late]);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function positionOf({ topic, partition, position, high, held, events, seconds, movedAt }: PartitionLag) {
  return {
    ...{ topic, partition, position: position.toString(), high: high.toString() },
    ...{ events: Number(events), held: Number(held), seconds, movedAt },
  };
}

function withoutLog({ topic, partition, accepted, transaction }: PartitionAccount) {
  return {
    ...{ topic, partition, position: String(accepted + transaction), high: null },
    ...{ events: null, held: null, seconds: null, movedAt: null },
  };
}

interface Standing {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly recorded_at: string;
  readonly duplicates: number;
}

/** One event and where it stands; null when this service never met it. */
export async function eventDetail(database: Database, id: string) {
  const [entry, standing, repeats, parked, hops] = await Promise.all([
    database.query<Record<string, unknown>>(
      'select * from journeys_read.timeline_entry where event_id = $1',
      [id],
    ),
    database.query<Standing>('select * from journeys_read.standing where event_id = $1', [id]),
    database.query(
      'select topic, partition, "offset", conflict from journeys_read.repeat where event_id = $1 or standing = $1',
      [id],
    ),
    database.query<{ state: string }>(
      'select topic, partition, "offset", key, state, code, reason from journeys_read.parked where event_id = $1',
      [id],
    ),
    database.query<{ hop: string; at: string }>(
      'select projection as by, hop, at from projection.processing_log where event_id = $1 order by at',
      [id],
    ),
  ]);
  const [stands] = standing.rows;
  const [waits] = parked.rows;
  if (stands === undefined && waits === undefined && repeats.rows.length === 0) return null;
  return {
    id,
    state:
      stands !== undefined
        ? 'applied'
        : waits?.state === 'discarded'
          ? 'discarded'
          : waits
            ? 'parked'
            : 'duplicate',
    placement: stands ? { topic: stands.topic, partition: stands.partition, offset: stands.offset } : null,
    event: entry.rows[0] ?? null,
    duplicates: repeats.rows,
    parked: waits ?? null,
    hops: [...(stands ? [{ by: 'door', hop: 'recorded', at: stands.recorded_at }] : []), ...hops.rows],
  };
}
