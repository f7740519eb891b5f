import { loadSql, type Database } from '@throughline/postgres';
import { decode, isRead, OF_ANOTHER_VERSION, placeOf } from './item.ts';
import { unpack, type PackedRow } from './parked-record.ts';
import { ParkedRefusal, type ParkedEvents } from './parked.ts';
import { within } from './positions.ts';

const findUnread = loadSql(import.meta.url, './sql/find-unread.sql');
const PAGE = 500;

/**
 * Applies what an older program parked because it could not read it and this one can, with what waits behind it: events
 * of a newer program may come first where services are updated one after the other.
 * @returns events applied
 */
export async function readAgain(database: Database, schema: string, parked: ParkedEvents): Promise<number> {
  let applied = 0;
  let last = { topic: '', partition: 0, offset: '-1' };
  for (;;) {
    const rows = await page(database, schema, last);
    for (const row of rows.filter(isReadable)) applied += await replay(parked, row);
    const end = rows.at(-1);
    if (!end || rows.length < PAGE) return applied;
    last = end;
  }
}

async function page(database: Database, schema: string, last: Omit<PackedRow, 'record'>) {
  const { topic, partition, offset } = last;
  const { rows } = await within(database, schema, (tx) =>
    tx.query<PackedRow>(findUnread, [[...OF_ANOTHER_VERSION], topic, partition, offset, PAGE]),
  );
  return rows;
}

function isReadable(row: PackedRow): boolean {
  return isRead(decode(unpack(row)));
}

async function replay(parked: ParkedEvents, { topic, partition, offset }: PackedRow): Promise<number> {
  try {
    return (await parked.replay(placeOf({ topic, partition, offset: BigInt(offset) }))).applied;
  } catch (error) {
    if (error instanceof ParkedRefusal) return 0; // applied meanwhile, with another of its key
    throw error;
  }
}
