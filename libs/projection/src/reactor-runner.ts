import type { JourneyEvent } from '@throughline/contracts';
import { DomainError } from '@throughline/decider';
import { isInfrastructure, loadSql, type Database, type Transaction } from '@throughline/postgres';
import { Consumer, type ConsumerOptions } from './consumer.ts';
import { isMisfit, type Effects } from './effects.ts';
import { enter, within } from './positions.ts';

const addRefusals = loadSql(import.meta.url, './sql/add-refusals.sql');

/** A decider said no to what an event was to cause. It is an answer: recorded, and not asked again. */
export interface Refusal {
  readonly eventId: string;
  readonly code: string;
  readonly message: string;
}

/**
 * Sends commands because of events, in the transaction that moves the position. Events come once each, a stream's in
 * order; those of no interest are passed over. A command's id must be derived from its event.
 * @returns refusals, where several events were judged one by one; or throws the DomainError
 */
export type React = (
  tx: Transaction,
  events: readonly JourneyEvent[],
) => Promise<readonly Refusal[]> | Promise<void>;

export interface ReactorOptions extends ConsumerOptions {
  /** named by cause: `convert_lead_when_opportunity_opened`; also its schema, with `_v1` */
  readonly name: string;
  readonly topics: readonly string[];
  readonly react: React;
  /**
   * Whether batches of different partitions may share a transaction, as a projection's do; not unless told, since a
   * command may be refused, or wait for a stream that somebody holds, and would hold up the others
   */
  readonly grouped?: boolean;
}

const REFUSAL = `create table refusal (
  event_id uuid not null, code text not null, message text not null, refused_at timestamptz not null default now()
)`;

/**
 * Runs a reactor: a consumer in another service's database whose effects are commands.
 * Refusals are recorded, not parked. What fails otherwise (a defect, not the infrastructure) is parked under its key
 * as a projection's poison is, and can be replayed.
 */
export class ReactorRunner extends Consumer {
  readonly #database: Database;

  constructor(options: ReactorOptions) {
    const { name, topics, react, grouped = false } = options;
    super(options, {
      projection: { name, version: 1, topics, tables: [], extras: [REFUSAL] },
      hop: 'reacted',
      effects: effectsOf(react),
      grouped,
    });
    this.#database = options.database;
  }

  /** The latest refusals first. */
  async refusals(limit: number): Promise<(Refusal & { readonly refusedAt: string })[]> {
    const { schema } = await this.live();
    const { rows } = await within(this.#database, schema, (tx) =>
      tx.query<Refusal & { refusedAt: string }>(
        `select event_id as "eventId", code, message, refused_at as "refusedAt" from refusal
         order by refused_at desc, event_id limit $1`,
        [limit],
      ),
    );
    return rows;
  }
}

function effectsOf(react: React): Effects {
  return {
    isFaultOfEvent: (error) => !isInfrastructure(error) && !isMisfit(error),
    begin: async (tx) => {
      const events: JourneyEvent[] = [];
      return {
        take: ({ read }) => {
          events.push(read.event);
          return null;
        },
        write: async () => {
          if (events.length > 0) await reactTo(tx, events, react);
        },
      };
    },
  };
}

async function reactTo(tx: Transaction, events: readonly JourneyEvent[], react: React): Promise<void> {
  const { rows } = await tx.query<{ schema: string }>('select current_schema() as schema');
  // the service's own tables are found by its own search path, not by the reactor's
  await tx.query('set local search_path to default');
  const refusals = await judged(tx, events, react);
  await enter(tx, rows[0]?.schema ?? 'public');
  if (refusals.length === 0) return;
  await tx.query(addRefusals, [
    refusals.map(({ eventId }) => eventId),
    refusals.map(({ code }) => code),
    refusals.map(({ message }) => message),
  ]);
}

/** A DomainError of one event alone is its refusal; of several it does not say whose, and halves are tried. */
async function judged(
  tx: Transaction,
  events: readonly JourneyEvent[],
  react: React,
): Promise<readonly Refusal[]> {
  const [only] = events;
  if (!only || events.length > 1) return (await react(tx, events)) ?? [];
  await tx.query('savepoint reaction');
  try {
    const refusals = await react(tx, events);
    await tx.query('release savepoint reaction');
    return refusals ?? [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await tx.query('rollback to savepoint reaction');
    return [{ eventId: only.id, code: error.code, message: error.message }];
  }
}
