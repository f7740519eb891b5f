import type { StateTable } from '@throughline/projection';
import { anyOf } from '../timeline/occurrence.projector.ts';
import { type Ranked, rankColumns, rankOf, stands } from './rank.projector.ts';

export type AccountRow = Ranked & {
  readonly account: string;
  readonly source: string;
  readonly domain: string | null;
  readonly name: string | null;
  readonly industry: string | null;
  readonly employees: number | string | null;
  readonly country: string | null;
  readonly attributes: Readonly<Record<string, string | null>>;
};

/** What is known of a company: the latest description stands whole. */
export const accountTable: StateTable<AccountRow> = {
  kind: 'state',
  name: 'account',
  columns: {
    account: 'text not null',
    source: 'text not null',
    domain: 'text',
    name: 'text',
    industry: 'text',
    employees: 'bigint',
    country: 'text',
    attributes: 'jsonb not null',
    ...rankColumns,
  },
  primaryKey: 'account',
  keyOf: (event) => (event.name === 'account.described' ? event.key : null),
  evolve(row, given) {
    const event = anyOf(given);
    if (event.name !== 'account.described') throw new TypeError(`${event.name} describes no account`);
    if (row !== null && stands(row, given)) return row;
    const { account, domain, name, industry, employees, country, attributes } = event.data;
    const known = { account, domain, name, industry, employees, country, attributes: attributes ?? {} };
    return { ...known, source: event.source, ...rankOf(given) };
  },
};
