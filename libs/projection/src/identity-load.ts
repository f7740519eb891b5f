import { byEdge, holds, type Assertion } from '@throughline/identity';
import type { Transaction } from '@throughline/postgres';
import { copyInto, encoderOf, type Copied } from './copy.ts';
import { membershipRows, toAssertion, toRow, visitorRows, type AssertionRow } from './identity-rows.ts';
import { deriveAliases } from './identity-tables.ts';
import type { Row } from './projection.ts';

const ASSERTION: Copied = {
  table: 'identity_assertion',
  columns: {
    ...{ event_id: 'uuid', relation: 'text', low: 'text', high: 'text', says: 'text' },
    ...{ occurred_at: 'timestamptz', payload_hash: 'text' },
  },
};
const VISITOR: Copied = {
  table: 'visitor_person',
  columns: { visitor: 'text', since: 'timestamptz', until: 'timestamptz', person: 'text' },
};
const SAME: Copied = { table: 'same_person', columns: { low: 'text', high: 'text' } };
const MEMBERSHIP: Copied = {
  table: 'membership',
  columns: {
    ...{ kind: 'text', member: 'text', account: 'text' },
    ...{ since: 'timestamptz', until: 'timestamptz', ended: 'boolean' },
  },
};

const encodeAssertion = encoderOf(ASSERTION);
const PAGE = 5_000;

/** Keeps what was said, to be derived from when all of it is there. */
export async function keepAssertions(tx: Transaction, assertions: readonly Assertion[]): Promise<void> {
  if (assertions.length === 0) return;
  await copyInto(
    tx,
    ASSERTION,
    assertions.map((it) => encodeAssertion({ ...toRow(it) })),
  );
}

/** Derives from all assertions at once, edge by edge in one pass, what `addToIdentity` would have derived bit by bit. */
export async function deriveEdges(tx: Transaction): Promise<void> {
  const writers = new Map([VISITOR, SAME, MEMBERSHIP].map((into) => [into, new Lines(tx, into)]));
  const write = (into: Copied, rows: readonly Row[]) => writers.get(into)?.add(rows);
  const all = `select event_id, relation, low, high, says, occurred_at, payload_hash from identity_assertion
    order by relation, low`;
  for await (const said of groups(pages<AssertionRow>(tx, all))) {
    const [first] = said;
    if (first?.relation === 'visitor-is-person') await write(VISITOR, visitorRows(first.from, said));
    else if (first?.relation === 'same-person')
      await write(
        SAME,
        byEdge(said)
          .filter(holds)
          .map(([edge]) => ({ low: edge?.from, high: edge?.to })),
      );
    else await write(MEMBERSHIP, byEdge(said).flatMap(membershipRows));
  }
  for (const writer of writers.values()) await writer.flush();
}

/** Names the components of persons, an edge after the other; needs the keys of `same_person`. */
export async function deriveAllAliases(tx: Transaction): Promise<void> {
  for await (const edges of pages<{ low: string; high: string }>(
    tx,
    'select low, high from same_person order by low',
  ))
    await deriveAliases(tx, [...new Set(edges.flatMap(({ low, high }) => [low, high]))]);
}

async function* pages<R>(tx: Transaction, sql: string): AsyncGenerator<R[]> {
  await tx.query(`declare page no scroll cursor for ${sql}`);
  for (;;) {
    const { rows } = await tx.query<R>(`fetch ${PAGE} from page`);
    if (rows.length === 0) break;
    yield rows;
  }
  await tx.query('close page');
}

/** Assertions of one relation and lower end, whole, whatever page they came with. */
async function* groups(all: AsyncIterable<AssertionRow[]>): AsyncGenerator<Assertion[]> {
  let group: Assertion[] = [];
  for await (const rows of all) {
    for (const assertion of rows.map(toAssertion)) {
      const [first] = group;
      if (first && (first.relation !== assertion.relation || first.from !== assertion.from)) {
        yield group;
        group = [];
      }
      group.push(assertion);
    }
  }
  if (group.length > 0) yield group;
}

/** Rows on their way into one table, some thousand at a time. */
class Lines {
  readonly #tx: Transaction;
  readonly #into: Copied;
  readonly #encode: (row: Row) => string;
  #lines: string[] = [];

  constructor(tx: Transaction, into: Copied) {
    this.#tx = tx;
    this.#into = into;
    this.#encode = encoderOf(into);
  }

  async add(rows: readonly Row[]): Promise<void> {
    for (const row of rows) this.#lines.push(this.#encode(row));
    if (this.#lines.length >= PAGE) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#lines.length > 0) await copyInto(this.#tx, this.#into, this.#lines);
    this.#lines = [];
  }
}
