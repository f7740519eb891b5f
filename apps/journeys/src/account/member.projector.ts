import type { StateTable } from '@throughline/projection';
import { anyOf } from '../timeline/occurrence.projector.ts';
import { type Ranked, rankColumns, rankOf, stands } from './rank.projector.ts';

export type MemberRow = Ranked & {
  readonly member: string;
  readonly source: string;
  readonly function: string | null;
  readonly manager: string | null;
  readonly office: string | null;
  readonly name: string | null;
  readonly attributes: Readonly<Record<string, string | null>>;
};

/** A member of the revenue team: the latest description stands whole. */
export const memberTable: StateTable<MemberRow> = {
  kind: 'state',
  name: 'member',
  columns: {
    member: 'text not null',
    source: 'text not null',
    function: 'text',
    manager: 'text',
    office: 'text',
    name: 'text',
    attributes: 'jsonb not null',
    ...rankColumns,
  },
  primaryKey: 'member',
  keyOf: (event) => (event.name === 'member.described' ? event.key : null),
  evolve(row, given) {
    const event = anyOf(given);
    if (event.name !== 'member.described') throw new TypeError(`${event.name} describes no member`);
    if (row !== null && stands(row, given)) return row;
    const { member, manager, office, name, attributes } = event.data;
    const known = {
      member,
      manager,
      office,
      name,
      function: event.data.function,
      attributes: attributes ?? {},
    };
    return { ...known, source: event.source, ...rankOf(given) };
  },
};
