import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { BenchContext } from '../bench.ts';
import type { Side } from '../compare.ts';
import type { Rebuildable } from './set-up.ts';

/**
 * COPY of the very rows that a rebuild writes, table after table, from files in the server's own format: nothing is
 * read from a log, decoded, folded or compared.
 * @param keys whether the tables have the keys and indexes of a build; without, the rows are all there is
 */
export async function bareCopy(
  context: BenchContext,
  { runner, database, events }: Rebuildable,
  keys: boolean,
): Promise<Side> {
  const folder = await context.folder('rows');
  const { schema } = await runner.live();
  const { rows: tables } = await database.query<{ name: string }>(
    'select tablename as name from pg_tables where schemaname = $1 order by 1',
    [schema],
  );
  const bare = keys ? 'bare_with_keys' : 'bare';
  await database.query(`create schema ${bare}`);
  for (const { name } of tables) {
    const like = `like ${schema}.${name} including defaults${keys ? ' including indexes' : ''}`;
    await database.query(`create table ${bare}.${name} (${like})`);
    await database.transaction(async (tx) => {
      const rows = tx.client.query(copyTo(`copy ${schema}.${name} to stdout`));
      await pipeline(rows, createWriteStream(join(folder, name)));
    });
  }
  return {
    name: keys ? 'COPY into tables with keys and indexes' : 'COPY into bare tables',
    async prepare() {
      await database.query(`truncate ${tables.map(({ name }) => `${bare}.${name}`).join(', ')}`);
    },
    async run() {
      for (const { name } of tables) {
        await database.transaction(async (tx) => {
          const into = tx.client.query(copyFrom(`copy ${bare}.${name} from stdin`));
          await pipeline(createReadStream(join(folder, name)), into);
        });
      }
      return events;
    },
  };
}
