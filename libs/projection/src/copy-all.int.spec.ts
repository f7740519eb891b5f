import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyAll } from './copy-all.ts';
import { encoderOf, type Copied } from './copy.ts';
import { Bench } from './testing/index.ts';

describe('rows of several tables in one message', () => {
  const thing: Copied = { table: 'thing', columns: { id: 'int', label: 'text' } };
  const size: Copied = { table: 'size', columns: { thing: 'int' } };
  const things = [
    { id: 1, label: 'Öl\t😀' },
    { id: 2, label: null },
  ].map(encoderOf(thing));
  const sizes = Array.from({ length: 5_000 }, (_, n) => encoderOf(size)({ thing: n }));
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.start('copy_all');
    await bench.database.query('create table thing (id int primary key, label text)');
    await bench.database.query('create table size (thing int)');
  });
  afterAll(() => bench.end());

  const stored = async () => {
    const { rows } = await bench.database.query<{ id: number; label: string | null; sizes: string }>(
      'select id, label, (select count(*) from size) as sizes from thing order by id',
    );
    return rows;
  };

  it('adds all of them, and nothing for a table that has none', async () => {
    await bench.database.transaction((tx) =>
      copyAll(tx, [
        { into: thing, lines: things },
        { into: { table: 'missing', columns: {} }, lines: [] },
        { into: size, lines: sizes },
      ]),
    );
    expect(await stored()).toEqual([
      { id: 1, label: 'Öl\t😀', sizes: '5000' },
      { id: 2, label: null, sizes: '5000' },
    ]);
  });

  it('I7: throws what the server refuses, and the transaction can go back to before it', async () => {
    const before = await stored();
    await bench.database.transaction(async (tx) => {
      await tx.query('savepoint before');
      const refused = copyAll(tx, [
        { into: size, lines: sizes },
        { into: thing, lines: things },
        { into: size, lines: sizes },
      ]);
      await expect(refused).rejects.toMatchObject({ code: '23505', constraint: 'thing_pkey' });
      await tx.query('rollback to savepoint before');
      await copyAll(tx, [{ into: thing, lines: [encoderOf(thing)({ id: 3, label: 'after' })] }]);
    });
    expect(await stored()).toEqual([...before, { id: 3, label: 'after', sizes: '5000' }]);
  });
});
