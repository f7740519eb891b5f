import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from '@throughline/postgres';
import type { Bench } from './bench.ts';
import { Report, readEntries } from './report.ts';
import { runBenches } from './run.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'throughline-bench-spec-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function run(benches: readonly Bench[], lines: string[] = []) {
  const report = new Report({
    file: join(home, 'report.json'),
    scale: 0.1,
    machine: 'a machine',
    show: (line) => lines.push(line),
  });
  return runBenches(benches, report, { scale: 0.1, plots: home, kafka: false });
}

const bench = (name: string, work: Bench['run'], needs: Bench['needs'] = ['postgres']): Bench => ({
  name,
  what: `${name} of the spec`,
  needs,
  run: work,
});

describe('a run of benches', () => {
  it('measures two sides on a durable PostgreSQL of its own and leaves nothing behind', async () => {
    let folder = '';
    const inserting = bench('inserting', async (context) => {
      folder = await context.folder('spec');
      const database = await Database.open({ url: await context.postgresUrl('spec'), name: 'spec' });
      context.onEnd(() => database.close());
      const settings = await database.query<{ setting: string }>(
        `select setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`,
      );
      expect(settings.rows.map(({ setting }) => setting)).toEqual(['on', 'on', 'on']);
      const role = await database.query<{ rolsuper: boolean }>(
        'select rolsuper from pg_roles where rolname = current_user',
      );
      expect(role.rows).toEqual([{ rolsuper: false }]);
      await database.query('create table row (id int)');
      const side = (name: string, rows: number) => ({
        name,
        run: async () => {
          await database.query('insert into row select generate_series(1, $1)', [rows]);
          return rows;
        },
      });
      const ours = side('ten at once', 10);
      await context.compare({
        name: 'rows',
        goal: null,
        unit: 'rows',
        rounds: 1,
        ours,
        theirs: side('one', 1),
      });
      context.plot('rows', [{ name: 'rows', points: [{ x: 1, y: 1 }] }]);
    });
    const lines: string[] = [];
    expect(await run([inserting], lines)).toEqual([]);
    expect(readEntries(join(home, 'report.json'))).toMatchObject([
      { kind: 'comparison', bench: 'inserting', name: 'rows', unit: 'rows', reached: null },
    ]);
    expect(lines).toContain('inserting · rows: round 1 of 1, one');
    expect(existsSync(join(home, 'rows.svg'))).toBe(true);
    expect(existsSync(folder)).toBe(false);
  });

  it('goes on after a bench that fails, ending what it had begun, last first', async () => {
    const ended: string[] = [];
    const failing = bench('failing', async (context) => {
      context.onEnd(() => ended.push('first'));
      context.onEnd(() => ended.push('second'));
      throw new Error('it broke');
    });
    const next = bench('next', async (context) => context.measure('after', { ran: 1 }));
    const failed = await run([failing, next]);
    expect(failed.map(({ name, error }) => [name, error.message])).toEqual([['failing', 'it broke']]);
    expect(ended).toEqual(['second', 'first']);
    expect(readEntries(join(home, 'report.json'))).toMatchObject([{ bench: 'next', name: 'after' }]);
  });

  it('without Kafka leaves out what needs it and says so', async () => {
    const whole = bench('whole', () => Promise.reject(new Error('not to be run')), ['kafka']);
    const part = bench('part', async (context) => {
      expect(await context.ownKafka('its second half')).toBeNull();
    });
    expect(await run([whole, part])).toEqual([]);
    expect(readEntries(join(home, 'report.json'))).toMatchObject([
      { kind: 'left-out', bench: 'whole', name: 'whole of the spec', why: 'NO_KAFKA=1' },
      { kind: 'left-out', bench: 'part', name: 'its second half', why: 'NO_KAFKA=1' },
    ]);
  });
});
