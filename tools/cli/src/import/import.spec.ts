import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Doors, Outcome, Sendable } from '@throughline/client';
import { importFiles } from './import.ts';
import { loadMapping } from './mapping.ts';

const mapping = loadMapping('example-fair-scans');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function badges(lines: readonly string[]): string {
  const path = join(folder, 'badges.csv');
  writeFileSync(path, ['badge;company;price_paid', ...lines].join('\n'));
  return path;
}

const MANY = Array.from({ length: 1200 }, (_, at) => `b${at};Company ${at};1`);

/** Doors that take what `judge` takes, until they are cut off after some batches. */
function doors(batches: number, refuses: (send: Sendable) => boolean = () => false) {
  const got: string[] = [];
  let left = batches;
  const judge = (batch: readonly Sendable[]): Promise<readonly Outcome[]> => {
    if ((left -= 1) < 0) return Promise.reject(new Error('cut off'));
    got.push(...batch.map((send) => (send.kind === 'fact' ? send.id : send.commandId)));
    return Promise.resolve(
      batch.map((send) => (refuses(send) ? { taken: false, reason: 'not good' } : { taken: true })),
    );
  };
  const door: Doors = { facts: judge, commands: (_, batch) => judge(batch) };
  return { door, got };
}
const run = (door: Doors, files: readonly string[], target = 'http://here', home = folder) =>
  importFiles(door, { mapping, files, target, folder: home });

describe('an import that was interrupted', () => {
  it('I1 goes on where it was, and sends every item', async () => {
    const files = [badges(MANY)];
    const before = doors(1);
    await expect(run(before.door, files)).rejects.toThrow('cut off');
    const after = doors(Infinity);
    const result = await run(after.door, files);
    expect(result).toMatchObject({ resumedAt: 500, sent: 700, taken: 700 });
    expect(new Set([...before.got, ...after.got]).size).toBe(1200);
    expect(await run(doors(Infinity).door, files)).toMatchObject({ resumedAt: 0, sent: 1200 });
  });

  it('I6 still lists the rows that were refused before', async () => {
    const files = [badges(MANY)];
    const lowest = (send: Sendable) => JSON.stringify(send.data).includes('"b10"');
    await expect(run(doors(2, lowest).door, files)).rejects.toThrow('cut off');
    const { refused } = await run(doors(Infinity).door, files);
    expect(refused).toMatchObject([{ file: 'badges.csv', line: 12, reason: 'not good' }]);
  });

  it('I1 begins anew for another installation, other rows, or other data', async () => {
    const files = [badges(MANY)];
    await expect(run(doors(1).door, files)).rejects.toThrow('cut off');
    const other = mkdtempSync(join(tmpdir(), 'import-'));
    expect(await run(doors(Infinity).door, files, 'http://here', other)).toMatchObject({ resumedAt: 0 });
    rmSync(other, { recursive: true });
    expect(await run(doors(Infinity).door, files, 'http://there')).toMatchObject({ resumedAt: 0 });
    expect(await run(doors(Infinity).door, [badges(MANY.slice(1))])).toMatchObject({ resumedAt: 0 });
  });

  it('takes a note that was cut short for none', async () => {
    const files = [badges(MANY)];
    await expect(run(doors(1).door, files)).rejects.toThrow('cut off');
    for (const name of readdirSync(join(folder, 'imports')))
      writeFileSync(join(folder, 'imports', name), '{"done":50');
    expect(await run(doors(Infinity).door, files)).toMatchObject({ resumedAt: 0, sent: 1200 });
  });
});
