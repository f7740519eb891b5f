import { describe, expect, it, jest } from '@jest/globals';
import { LogUnavailable } from '@throughline/log';
import { NoAnswer, ProblemAnswer } from '@throughline/client';
import { Command } from 'commander';
import { clientOf, explain, UsageError } from './context.ts';
import { figures, printable, printableLines, table, when } from './output.ts';

describe('what the terminal gets', () => {
  it('shows what would steer it or turn the reading direction, and obeys nothing', () => {
    expect(printable('a\u001b[2Jb\u009b1m\r\n')).toBe('a\\x1b[2Jb\\x9b1m\\x0d\\x0a');
    expect(printable('user\u202etxt.exe\u2066')).toBe('user\\u202etxt.exe\\u2066');
    expect(printable('Ünïcode 👩‍👩‍👧 عربى')).toBe('Ünïcode 👩‍👩‍👧 عربى');
    expect(printableLines('a\u0007\nb')).toBe('a\\x07\nb');
  });

  it('shows it in a table too, in its head and in its cells', () => {
    const written: string[] = [];
    const out = jest
      .spyOn(process.stdout, 'write')
      .mockImplementation((text) => written.push(String(text)) > 0);
    table(['\u001b[31m'], [['\u001b[2J']]);
    out.mockRestore();
    expect(written.join('').replace(/\u001b\[\d+m/g, '')).toContain('\\x1b[31m');
    expect(written.join('')).not.toMatch(/\u001b\[(31m|2J)/);
  });

  it('I2 leaves out what is not known, and opens what is nested', () => {
    const named = { pending: 0, oldest: null, halted: '', poison: { events: 2, keys: 1 } };
    expect(figures(named)).toBe('pending 0, poison (events 2, keys 1)');
  });

  it('tells what to type where a service tells what to send', () => {
    const told = (detail: string, remedy: string) =>
      explain(new ProblemAnswer(404, { code: 'x', detail, remedy }));
    expect(told('There is no snapshot.', 'GET /v1/snapshots lists them; POST /v1/snapshots takes one.')).toBe(
      'Refused (404 x): There is no snapshot. `throughline attribution snapshots` lists them; `throughline attribution snapshot` takes one.',
    );
    expect(told('/data/day: it is none.', 'Send it as /openapi.json describes.')).toBe(
      'Refused (404 x): day: it is none. Say it as --help describes.',
    );
    const routes = [
      'GET /v1/quarantine/{id}: says',
      'GET /v1/attribution-models, POST /v1/attribution-models/{id}/define.',
      'POST /v1/exchange-rates/USD/EUR/set from 2026-01-01',
      'POST /v1/exchange-rates/{from}/{to}/withdraw',
      'GET /v1/evidence/parked, GET /health/ready, GET /v1/credit/verify',
      'Leave it out; /openapi.json lists what this route takes.',
    ];
    for (const route of routes) expect(told('No.', route)).not.toMatch(/GET|POST|\/v1|openapi|health/);
  });

  it('I2 tells a time no finer than it is known', () => {
    const at = '2026-03-01T09:30:00.000Z';
    expect([when(null, 'unknown'), when(at, 'month'), when(at, 'day'), when(at, 'instant')]).toEqual([
      'undated',
      '2026-03',
      '2026-03-01',
      '2026-03-01 09:30:00',
    ]);
  });
});

describe('a failure', () => {
  it.each([
    [
      new ProblemAnswer(422, { code: 'bad', detail: 'It is bad', remedy: 'Mend it.' }),
      'Refused (422 bad): It is bad. Mend it.',
    ],
    [new NoAnswer('nobody there'), 'nobody there'],
    [new UsageError('not so'), 'not so'],
    [new LogUnavailable('t', 'refused'), 'The log did not answer for t: refused.'],
  ])('that is known says what to do, and nothing of our inside', (error, text) => {
    expect(explain(error)).toContain(text);
    expect(explain(error)).not.toContain('    at ');
  });

  it.each(['nope', 'ftp://x', '', 'localhost:3400'])('--url %p is refused before anything is sent', (url) => {
    const command = new Command().option('--url <address>').parse(['--url', url], { from: 'user' });
    expect(() => clientOf(command)).toThrow('--url takes an address such as');
  });
});
