import type { Transaction } from '@throughline/postgres';
import { enter } from './positions.ts';
import type { Projection } from './projection.ts';
import { identifier } from './table-sql.ts';

/** full: every column, for two builds over one log; content: without provenance, for builds over two logs */
export type DigestKind = 'full' | 'content';

export interface TableDigest {
  readonly table: string;
  /** what was digested: digests of two kinds are never equal */
  readonly kind: DigestKind;
  readonly rows: number;
  /** sum mod 2^128 of SHA-256 over the canonical rows, 32 hex digits; the order of rows does not matter */
  readonly digest: string;
}

export interface Digested {
  readonly name: string;
  readonly columns: readonly string[];
  /** null: the table tells how events came, which is another story on another log */
  readonly provenance: readonly string[] | null;
}

const ENTRY: Digested = {
  name: 'entry',
  columns:
    'event_id name source topic partition offset key stream version occurred_at recorded_at payload_hash duplicates'.split(
      ' ',
    ),
  provenance: ['topic', 'partition', 'offset', 'recorded_at', 'duplicates'],
};
const REPEAT: Digested = {
  name: 'repeat',
  columns: 'topic partition offset event_id standing payload_hash conflict'.split(' '),
  provenance: null,
};
const PARKED: Digested = {
  name: 'parked',
  columns:
    'topic partition offset key event_id name stream version state code reason record recorded_at'.split(' '),
  provenance: ['partition', 'offset', 'record', 'recorded_at'],
};
const UNREADABLE: Digested = {
  name: 'unreadable',
  columns: 'topic partition first_offset next_offset code reason discarded'.split(' '),
  provenance: null,
};
const TRANSACTIONS: Digested = {
  name: 'transaction_offsets',
  columns: ['topic', 'partition', 'offsets'],
  provenance: null,
};
const HEAD: Digested = { name: 'stream_head', columns: ['topic', 'stream', 'version'], provenance: [] };
const IDENTITY: readonly Digested[] = [
  {
    name: 'identity_assertion',
    columns: 'event_id relation low high says occurred_at payload_hash'.split(' '),
    provenance: [],
  },
  { name: 'visitor_person', columns: 'visitor since until person'.split(' '), provenance: [] },
  { name: 'same_person', columns: ['low', 'high'], provenance: [] },
  { name: 'person_alias', columns: ['person', 'canonical'], provenance: [] },
  { name: 'membership', columns: 'kind member account since until ended'.split(' '), provenance: [] },
];

/** Every table whose rows are a function of the log: the projection's own, and what the runner keeps beside them. */
export function digestedTables(projection: Projection): Digested[] {
  const own = projection.tables.map(({ name, columns, provenance }) => ({
    name,
    columns: Object.keys(columns),
    provenance: provenance ?? [],
  }));
  return [
    ...own,
    ...(projection.identity ? IDENTITY : []),
    ENTRY,
    REPEAT,
    PARKED,
    UNREADABLE,
    TRANSACTIONS,
    HEAD,
  ];
}

/**
 * Digests of a build's tables as the transaction sees them, computed by the server in one pass a table,
 * so that no row travels.
 */
export async function digest(
  tx: Transaction,
  schema: string,
  tables: readonly Digested[],
  kind: DigestKind,
): Promise<TableDigest[]> {
  await enter(tx, schema);
  await tx.query('set local statement_timeout = 0');
  const digests: TableDigest[] = [];
  for (const { name, columns, provenance } of tables) {
    if (kind === 'content' && provenance === null) continue;
    const counted = kind === 'full' ? columns : columns.filter((column) => !provenance?.includes(column));
    const { rows } = await tx.query<Sums>(digestSql(name, counted));
    const [sums] = rows;
    if (sums) digests.push({ table: name, kind, rows: Number(sums.rows), digest: combine(sums) });
  }
  return digests;
}

interface Sums {
  readonly rows: string;
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly d: string;
}

/**
 * A row is hashed in the server's own binary form, which holds every value to the bit with its length and its type, is
 * the same in every session, and takes half the time of any text of it.
 *
 * The low 128 bits of each hash as four words, summed apart: 2^128 is beyond every integer type of SQL. `offset 0` keeps
 * the planner from putting the hash into each sum, which would compute it four times.
 */
function digestSql(table: string, columns: readonly string[]): string {
  const row = columns.map(identifier).join(', ');
  const word = (from: number) => `coalesce(sum(substr(hash, ${from}, 4)::bigint), 0)::text`;
  return (
    `select count(*)::text as rows, ${word(17)} as a, ${word(21)} as b, ${word(25)} as c, ${word(29)} as d from (` +
    `select sha256(record_send(row(${row}))) as hash from ${identifier(table)} offset 0) rows`
  );
}

function combine({ a, b, c, d }: Sums): string {
  const sum = (BigInt(a) << 96n) + (BigInt(b) << 64n) + (BigInt(c) << 32n) + BigInt(d);
  return (sum & ((1n << 128n) - 1n)).toString(16).padStart(32, '0');
}

export interface TableComparison {
  readonly table: string;
  readonly kind: DigestKind;
  /** rows of the live build */
  readonly rows: number;
  readonly rebuiltRows: number;
  readonly live: string;
  readonly rebuilt: string;
  readonly equal: boolean;
}

/** Table by table; a table that only one side has is left out. */
export function compare(live: readonly TableDigest[], rebuilt: readonly TableDigest[]): TableComparison[] {
  return live.flatMap((mine) => {
    const other = rebuilt.find(({ table }) => table === mine.table);
    if (!other) return [];
    const equal = mine.rows === other.rows && mine.digest === other.digest;
    return {
      table: mine.table,
      kind: mine.kind,
      rows: mine.rows,
      rebuiltRows: other.rows,
      live: mine.digest,
      rebuilt: other.digest,
      equal,
    };
  });
}
