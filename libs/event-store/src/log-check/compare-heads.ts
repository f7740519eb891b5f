import { loadSql, type Queryable } from '@throughline/postgres';
import type { Differing, Lacking, Standing } from './standing.ts';

const findLacking = loadSql(import.meta.url, './sql/find-lacking.sql');
const findDiffering = loadSql(import.meta.url, './sql/find-differing.sql');

type DifferingRow = Omit<Differing, 'version'> & { readonly version: string; readonly differences: string };
type LackingRow = Record<'stream' | 'stored' | 'logged' | 'streams' | 'events', string>;

/** Compares what was noted of the log with the store as it is now. */
export async function compareHeads(queryable: Queryable): Promise<Standing> {
  const differing = (await queryable.query<DifferingRow>(findDiffering)).rows;
  if (differing[0] !== undefined) {
    const first = differing.map(
      ({ stream, version, logged, stored, topic, partition, offset }): Differing => ({
        ...{ stream, version: Number(version), logged, stored, topic, partition, offset },
      }),
    );
    return { kind: 'store-differs', differences: Number(differing[0].differences), first };
  }
  const lacking = (await queryable.query<LackingRow>(findLacking)).rows;
  if (lacking[0] === undefined) return { kind: 'equal' };
  const first = lacking.map(({ stream, stored, logged }): Lacking => ({
    ...{ stream, stored: Number(stored), logged: Number(logged) },
  }));
  const { streams, events } = lacking[0];
  return { kind: 'store-behind', streams: Number(streams), events: Number(events), first };
}
