import { loadSql } from '@throughline/postgres';
import type { Projection, Table } from './projection.ts';
import { addPrimaryKey } from './table-sql.ts';

const entryKeys = statementsOf(loadSql(import.meta.url, './sql/entry-keys.sql'));
const identityKeys = statementsOf(loadSql(import.meta.url, './sql/identity-keys.sql'));

const INDEX = /^\s*create\s+(unique\s+)?index\s/i;
const VIEW = /^\s*create\s+(or\s+replace\s+)?view\s/i;

type Shape = Partial<Pick<Projection, 'tables' | 'extras' | 'identity'>>;

/**
 * Whether a build may be filled before it has all of its keys: what else an extra may be (a trigger, a constraint) has
 * to see every row as it comes.
 */
export function isLoadable({ extras = [] }: Shape): boolean {
  return extras.every((extra) => INDEX.test(extra) || VIEW.test(extra));
}

/** Keys that a load itself reads by: those of the state tables. */
export function keysFromTheStart({ tables = [] }: Shape): string[] {
  return tables.filter(({ kind }) => kind === 'state').map(addPrimaryKey);
}

/** What follows when the rows are there, in stages; the statements of one stage do not need each other. */
export function keysOfRows({ tables = [], extras = [], identity }: Shape): string[][] {
  const facts = tables.filter(({ kind }: Table) => kind === 'fact').map(addPrimaryKey);
  const indexes = extras.filter((extra) => INDEX.test(extra));
  const others = extras.filter((extra) => !INDEX.test(extra));
  return [
    [...entryKeys, ...facts, ...(identity ? identityKeys : []), ...indexes],
    ...others.map((it) => [it]),
  ];
}

function statementsOf(sql: string): string[] {
  return sql
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
