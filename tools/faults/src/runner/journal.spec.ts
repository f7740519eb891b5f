import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Call } from '../judge/call.ts';
import { Journal, readJournal } from './journal.ts';

const sent = (n: number): Call => ({ n, at: '', service: 'touches', facts: [], commands: [] });

describe('the journal of calls', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'journal-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has every call before it leaves and its end after; a call without an end is unknown', async () => {
    const path = join(folder, 'journal.jsonl');
    const journal = new Journal(path);
    const calls = Array.from({ length: 200 }, (_, n) => sent(n));
    await Promise.all(calls.map((call) => journal.called(call)));
    expect(readJournal(path)).toHaveLength(200);
    await journal.ended({ n: 7, status: 202, outcomes: [{ is: 'ok', events: ['e'] }] });
    await journal.close();
    const read = readJournal(path);
    expect(read.filter(({ ended }) => ended !== null).map(({ call }) => call.n)).toEqual([7]);
  });

  it('is read to the last whole line where its writer was killed', async () => {
    const path = join(folder, 'journal.jsonl');
    const journal = new Journal(path);
    await journal.called(sent(1));
    await journal.close();
    appendFileSync(path, '{"ended":{"n":1,"st');
    expect(readJournal(path)).toHaveLength(1);
  });
});
