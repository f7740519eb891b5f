import type { JourneyEvent } from '@throughline/contracts';
import { assertionOf, type Assertion } from '@throughline/identity';
import type { Transaction } from '@throughline/postgres';
import { isDataError, type Attempt, type Effects } from './effects.ts';
import { faultOf, type Fault, type ReadItem } from './item.ts';
import { addToIdentity } from './identity-tables.ts';
import type { Projection, Row, StateTable, Table } from './projection.ts';
import { normalise } from './rows.ts';
import { readRows, writeRows } from './table-sql.ts';

/** Fills a projection's tables: current rows read once a table, folded in memory in order, written back as sets. */
export function foldInto(projection: Projection): Effects {
  return {
    isFaultOfEvent: isDataError,
    begin: async (tx, events) => {
      const memory = new Map<string, Map<string, Row | null>>();
      for (const table of projection.tables) {
        if (table.kind === 'state') memory.set(table.name, await load(tx, table, events));
      }
      return new Fold(tx, projection, memory);
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

interface Change {
  readonly table: Table;
  readonly key: string | null;
  readonly row: Row;
}

class Fold implements Attempt {
  readonly #tx: Transaction;
  readonly #tables: readonly Table[];
  readonly #identity: boolean;
  readonly #memory: ReadonlyMap<string, Map<string, Row | null>>;
  readonly #assertions: Assertion[] = [];
  readonly #written = new Map<string, Map<string, Row> | Row[]>();

  constructor(tx: Transaction, projection: Projection, memory: ReadonlyMap<string, Map<string, Row | null>>) {
    this.#tx = tx;
    this.#tables = projection.tables;
    this.#identity = projection.identity ?? false;
    this.#memory = memory;
  }

  take({ read: { event } }: ReadItem): Fault | null {
    try {
      // all changes first, then all taken: a projector that throws half-way leaves nothing of its event
      const changes = this.#tables.flatMap((table) => this.#changes(table, event));
      const assertion = this.#identity ? assertionOf(event) : null;
      for (const change of changes) this.#remember(change);
      if (assertion) this.#assertions.push(assertion);
      return null;
    } catch (error) {
      return faultOf(error, 'projector-failed');
    }
  }

  async write(): Promise<void> {
    for (const table of this.#tables) {
      const rows = [...(this.#written.get(table.name)?.values() ?? [])];
      if (rows.length > 0) await this.#tx.query(writeRows(table), [toJson(rows)]);
    }
    await addToIdentity(this.#tx, this.#assertions);
  }

  #changes(table: Table, event: JourneyEvent): Change[] {
    if (table.kind === 'fact') {
      return table.rows(event).map((row) => ({ table, key: null, row: normalise(table, row) }));
    }
    const key = table.keyOf(event);
    if (key === null) return [];
    const row = normalise(table, table.evolve(this.#memory.get(table.name)?.get(key) ?? null, event));
    if (row[table.primaryKey] !== key) {
      throw new TypeError(`evolve of ${table.name} must keep ${table.primaryKey} = ${key}`);
    }
    return [{ table, key, row }];
  }

  #remember({ table, key, row }: Change): void {
    if (key === null) {
      const rows = (this.#written.get(table.name) as Row[] | undefined) ?? [];
      this.#written.set(table.name, rows);
      rows.push(row);
      return;
    }
    this.#memory.get(table.name)?.set(key, row);
    const rows = (this.#written.get(table.name) as Map<string, Row> | undefined) ?? new Map<string, Row>();
    this.#written.set(table.name, rows.set(key, row));
  }
}

export function toJson(rows: readonly Row[]): string {
  return JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
