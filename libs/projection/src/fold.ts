import type { JourneyEvent } from '@throughline/contracts';
import { assertionOf, type Assertion } from '@throughline/identity';
import type { Transaction } from '@throughline/postgres';
import { copyAll } from './copy-all.ts';
import { encoderOf, type Copied, type Encode } from './copy.ts';
import { isDataError, type Attempt, type Effects } from './effects.ts';
import { faultOf, type Fault, type ReadItem } from './item.ts';
import { addToIdentity } from './identity-tables.ts';
import type { FactTable, Projection, Row, StateTable, Table } from './projection.ts';
import { normalise } from './rows.ts';
import { readRows, writeRows } from './table-sql.ts';

/** Writes what was said of edges, and whatever follows from it. */
export type Say = (tx: Transaction, assertions: readonly Assertion[]) => Promise<void>;

/** Fills a projection's tables: current rows read once a table, folded in memory in order, written back as sets. */
export function foldInto(projection: Projection, say: Say = addToIdentity): Effects {
  const facts = new Map(
    projection.tables.flatMap((it) =>
      it.kind === 'fact' ? [[it.name, encoderOf(copied(it))] as const] : [],
    ),
  );
  return {
    isFaultOfEvent: isDataError,
    begin: async (tx, events) => {
      const memory = new Map<string, Map<string, Row | null>>();
      for (const table of projection.tables) {
        if (table.kind === 'state') memory.set(table.name, await load(tx, table, events));
      }
      return new Fold(tx, { ...projection, say }, facts, memory);
    },
  };
}

async function load(
  tx: Transaction,
  table: StateTable,
  events: readonly JourneyEvent[],
): Promise<Map<string, Row | null>> {
  const keys = new Set<string>();
  for (const event of events) {
    const key = keyOrNull(table, event);
    if (key !== null) keys.add(key);
  }
  const rows = new Map<string, Row | null>([...keys].map((key) => [key, null]));
  if (keys.size === 0) return rows;
  const found = await tx.query<Row>(readRows(table), [[...keys]]);
  for (const row of found.rows) rows.set(String(row[table.primaryKey]), normalise(table, row));
  return rows;
}

/** An event whose key cannot be told is judged when it is taken, not here. */
function keyOrNull(table: StateTable, event: JourneyEvent): string | null {
  try {
    return table.keyOf(event);
  } catch {
    return null;
  }
}

interface StateChange {
  readonly table: StateTable;
  readonly key: string;
  readonly row: Row;
}

interface FactChange {
  readonly table: FactTable;
  readonly lines: readonly string[];
}

class Fold implements Attempt {
  readonly #tx: Transaction;
  readonly #projection: Projection & { readonly say: Say };
  readonly #encoders: ReadonlyMap<string, Encode>;
  readonly #memory: ReadonlyMap<string, Map<string, Row | null>>;
  readonly #assertions: Assertion[] = [];
  readonly #facts = new Map<FactTable, string[]>();
  readonly #states = new Map<StateTable, Map<string, Row>>();

  constructor(
    tx: Transaction,
    projection: Projection & { readonly say: Say },
    encoders: ReadonlyMap<string, Encode>,
    memory: ReadonlyMap<string, Map<string, Row | null>>,
  ) {
    this.#tx = tx;
    this.#projection = projection;
    this.#encoders = encoders;
    this.#memory = memory;
  }

  take({ read: { event } }: ReadItem): Fault | null {
    try {
      // all changes first, then all taken: a projector that throws half-way leaves nothing of its event
      const changes = this.#projection.tables.flatMap((table) => this.#change(table, event) ?? []);
      const assertion = this.#projection.identity ? assertionOf(event) : null;
      for (const change of changes) this.#remember(change);
      if (assertion) this.#assertions.push(assertion);
      return null;
    } catch (error) {
      return faultOf(error, 'projector-failed');
    }
  }

  async write(): Promise<void> {
    await copyAll(
      this.#tx,
      [...this.#facts].map(([table, lines]) => ({ into: copied(table), lines })),
    );
    for (const [table, rows] of this.#states)
      await this.#tx.query(writeRows(table), [JSON.stringify([...rows.values()])]);
    await this.#projection.say(this.#tx, this.#assertions);
  }

  #change(table: Table, event: JourneyEvent): StateChange | FactChange | null {
    if (table.kind === 'fact') {
      const rows = table.rows(event);
      const encode = this.#encoders.get(table.name);
      return rows.length === 0 || !encode ? null : { table, lines: rows.map(encode) };
    }
    const key = table.keyOf(event);
    if (key === null) return null;
    const row = normalise(table, table.evolve(this.#memory.get(table.name)?.get(key) ?? null, event));
    if (row[table.primaryKey] !== key) {
      throw new TypeError(`evolve of ${table.name} must keep ${table.primaryKey} = ${key}`);
    }
    return { table, key, row };
  }

  #remember(change: StateChange | FactChange): void {
    if ('lines' in change) {
      const lines = this.#facts.get(change.table);
      if (lines) lines.push(...change.lines);
      else this.#facts.set(change.table, [...change.lines]);
      return;
    }
    const { table, key, row } = change;
    this.#memory.get(table.name)?.set(key, row);
    const rows = this.#states.get(table) ?? new Map<string, Row>();
    this.#states.set(table, rows.set(key, row));
  }
}

function copied({ name, columns }: Table): Copied {
  return { table: name, columns };
}
