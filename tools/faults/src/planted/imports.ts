import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMapping, planImport } from '@throughline/cli/import';

interface ImportCase {
  readonly name: string;
  run(): Promise<void>;
}

const MAPPING = {
  name: 'planted',
  about: 'the history of deals',
  source: 'urn:planted',
  files: { history: { name: 'history', columns: ['hist', 'deal', 'stage', 'at'], key: ['hist'] } },
  events: [
    ...['open', 'win', 'lose', 'reopen'].map((command) => ({
      ...{ file: 'history', command, to: 'opportunities', on: '{deal}' },
      ...{ when: { stage: [command] }, time: { from: '{at}', format: 'iso' } },
    })),
  ],
};

/** What is sent of these rows: the command of each, in order, and how many rows were refused. */
function planned(rows: readonly string[]): { sent: string[]; refused: number; read: number } {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    const [mapping, history] = [join(folder, 'mapping.json'), join(folder, 'history.csv')];
    writeFileSync(mapping, JSON.stringify(MAPPING));
    writeFileSync(history, ['hist,deal,stage,at', ...rows].join('\n'));
    const { commands, refused, read } = planImport(loadMapping(mapping), [history]);
    return { sent: commands.opportunities.map(({ command }) => command), refused: refused.length, read };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const importCase = (name: string, run: () => void): ImportCase => ({ name, run: async () => run() });

/** Rows of files as other programs write them, and what must come of them. */
export const imports: readonly ImportCase[] = [
  importCase('a stray quote takes no other row along', () => {
    const { sent, refused, read } = planned([
      'h1,d1,open,2026-01-01T00:00:00Z',
      'h2,d2,"open,2026-01-01T00:00:00Z',
      'h3,d3,open,2026-01-01T00:00:00Z',
      'h4,d4,op"en,2026-01-01T00:00:00Z',
      'h5,d5,open,2026-01-01T00:00:00Z',
    ]);
    assert.deepEqual([sent.length, refused, read], [3, 2, 5]);
  }),
  importCase('the history of an entity goes by time', () => {
    const { sent } = planned([
      'h9,d1,win,2026-03-03T00:00:00Z',
      'h8,d1,reopen,2026-03-02T00:00:00Z',
      'h7,d1,lose,2026-03-01T00:00:00Z',
      'h6,d1,open,2026-02-01T00:00:00Z',
    ]);
    assert.deepEqual(sent, ['open', 'lose', 'reopen', 'win']);
  }),
];
