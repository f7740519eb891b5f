import { byEdge, canonicalPersons, holds, type Assertion } from '@throughline/identity';
import { loadSql, type Transaction } from '@throughline/postgres';
import {
  memberOf,
  membershipRows,
  toAssertion,
  toRow,
  visitorRows,
  type AssertionRow,
} from './identity-rows.ts';

const sql = (name: string) => loadSql(import.meta.url, `./sql/${name}.sql`);
const holdIdentity = sql('hold-identity');
const addAssertions = sql('add-assertions');
const visitorAssertions = sql('visitor-assertions');
const edgeAssertions = sql('edge-assertions');
const replaceVisitors = sql('replace-visitors');
const replaceMemberships = sql('replace-memberships');
const setSamePersons = sql('set-same-persons');
const touchedPersons = sql('touched-persons');
const samePersonsOf = sql('same-persons-of');
const replaceAliases = sql('replace-aliases');

/**
 * Adds assertions and derives anew what they touch, from the set of all assertions.
 *
 * Guarantees:
 * - one writer of a build's identity at a time, from here to the end of the transaction (see hold-identity.sql)
 * - what is derived depends on the set of assertions only
 */
export async function addToIdentity(tx: Transaction, assertions: readonly Assertion[]): Promise<void> {
  if (assertions.length === 0) return;
  const { rows } = await tx.query<{ schema: string }>('select current_schema() as schema');
  await tx.query(holdIdentity, [rows[0]?.schema]);
  await tx.query(addAssertions, [JSON.stringify(assertions.map(toRow))]);
  await deriveVisitors(tx, assertions);
  await deriveMemberships(tx, assertions);
  await derivePersons(tx, assertions);
}

async function deriveVisitors(tx: Transaction, touched: readonly Assertion[]): Promise<void> {
  const visitors = unique(touched.filter(of('visitor-is-person')).map(({ from }) => from));
  if (visitors.length === 0) return;
  const all = await tx.query<AssertionRow>(visitorAssertions, [visitors]);
  const byVisitor = Map.groupBy(all.rows.map(toAssertion), ({ from }) => from);
  const rows = [...byVisitor].flatMap(([visitor, said]) => visitorRows(visitor, said));
  await tx.query(replaceVisitors, [visitors, JSON.stringify(rows)]);
}

async function deriveMemberships(tx: Transaction, touched: readonly Assertion[]): Promise<void> {
  const edges = byEdge(touched.filter(of('person-in-account', 'account-in-parent'))).flatMap(
    ([edge]) => edge ?? [],
  );
  if (edges.length === 0) return;
  const rows = byEdge(await assertionsOf(tx, edges)).flatMap(membershipRows);
  const members = edges.map(memberOf);
  await tx.query(replaceMemberships, [
    members.map(({ kind }) => kind),
    members.map(({ member }) => member),
    members.map(({ account }) => account),
    JSON.stringify(rows),
  ]);
}

async function derivePersons(tx: Transaction, touched: readonly Assertion[]): Promise<void> {
  const edges = byEdge(touched.filter(of('same-person'))).flatMap(([edge]) => edge ?? []);
  if (edges.length === 0) return;
  const said = byEdge(await assertionsOf(tx, edges));
  await tx.query(setSamePersons, [
    said.map(([edge]) => edge?.from),
    said.map(([edge]) => edge?.to),
    said.map(holds),
  ]);
  await deriveAliases(tx, unique(edges.flatMap(({ from, to }) => [from, to])));
}

/** Names anew the components that these persons are in. */
export async function deriveAliases(tx: Transaction, ends: readonly string[]): Promise<void> {
  const persons = (await tx.query<{ person: string }>(touchedPersons, [ends])).rows.map(
    ({ person }) => person,
  );
  const standing = await tx.query<{ low: string; high: string }>(samePersonsOf, [persons]);
  const canonical = [...canonicalPersons(standing.rows.map(({ low, high }) => [low, high] as const))];
  await tx.query(replaceAliases, [
    persons,
    canonical.map(([person]) => person),
    canonical.map(([, it]) => it),
  ]);
}

async function assertionsOf(tx: Transaction, edges: readonly Assertion[]): Promise<Assertion[]> {
  const { rows } = await tx.query<AssertionRow>(edgeAssertions, [
    edges.map(({ relation }) => relation),
    edges.map(({ from }) => from),
    edges.map(({ to }) => to),
  ]);
  return rows.map(toAssertion);
}

function of(...relations: readonly Assertion['relation'][]): (assertion: Assertion) => boolean {
  return ({ relation }) => relations.includes(relation);
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
