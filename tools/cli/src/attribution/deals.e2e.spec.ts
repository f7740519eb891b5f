import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deliver } from '@throughline/client';
import { postgresLog } from '@throughline/log';
import { eventually } from '@throughline/log/testing';
import { testDatabase } from '@throughline/postgres/testing';
import { oneProcess, type OneProcess } from '@throughline/standalone/testing';
import { deals, dealWithoutAmount } from '../testing/deals.ts';
import { json, run } from '../testing/run.ts';

const execute = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'attribution-cli-'));
let services: OneProcess;
let close: () => Promise<void>;
beforeAll(async () => {
  const { url, drop } = await testDatabase('log');
  const log = postgresLog({ url });
  services = await oneProcess({ log });
  close = async () => {
    await services.stop();
    await log.close();
    await drop();
  };
});
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

const attribution = (...words: readonly string[]) => run(services.url, 'attribution', ...words);
const lines = ({ out, error }: { out: string; error: string }): string[] => {
  if (error !== '') throw new Error(error);
  return out.split('\n').map((line) => line.trim().replaceAll(/ {2,}/g, ' | '));
};
const shown = async (...words: readonly string[]) => lines(await attribution(...words));
function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('[log: postgres] throughline attribution, before anything happened', () => {
  it.each<[readonly string[], string]>([
    [['credit'], 'No deal was won yet: credit comes with the first.'],
    [['credit', '--measure', 'pipeline'], 'No deal is open: there is no pipeline.'],
    [
      ['credit', '--from', '2026-01-01', '--only', 'channel:email'],
      'Nothing is found with --from and --only: leave them out',
    ],
    [['entries', '--model', 'linear'], 'No deal was won yet'],
    [['entries', '--model', 'linear', '--unattributed'], 'Nothing is unattributed.'],
    [['paths'], 'No deal was won yet'],
    [['paths', '--outcome', 'lost'], 'No deal was lost yet.'],
    [['paths', '--outcome', 'open'], 'No deal is open.'],
    [['assists'], 'No deal was won or lost yet'],
    [['recognition'], 'No deal was won yet'],
    [['recognition', '--to', '2026-01-01'], 'Nothing is found with --to: leave it out'],
    [['return'], 'No campaign has spend or credit yet'],
    [['snapshots'], 'No snapshot was taken yet: `throughline attribution snapshot` takes one.'],
    [['snapshot', '--rule', 'shapley-general'], 'No deal was won yet'],
    [['verify'], 'Equal, bit for bit.'],
  ])('%p says so', async (words, said) => {
    expect(await attribution(...words)).toMatchObject({ out: expect.stringContaining(said), exitCode: 0 });
  });

  it('says of a deal and a snapshot that there is none', async () => {
    expect(await attribution('deal', 'won-1')).toMatchObject({
      error: expect.stringContaining('No opportunity has this id. Check the id'),
      exitCode: 1,
    });
    const { error } = await attribution('credit', '--snapshot', 'markov-1/1');
    expect(error).toContain('There is no such snapshot.');
  });
});

describe('[log: postgres] throughline attribution', () => {
  beforeAll(async () => {
    const refused: string[] = [];
    await deliver(deals, services.client, { onRefused: (_, reason) => refused.push(reason) });
    expect(refused).toEqual([]);
    await services.settled();
  });

  it('credit: models side by side, the spread, what is unattributed, and the total', async () => {
    const table = await shown('credit', '--models', 'first,last,linear');
    expect(table).toContain('channel | first | last | linear | spread');
    expect(table).toContain('event | 90.00 EUR | 0.00 EUR | 30.00 EUR | 90.00 EUR');
    expect(table).toContain('email | 0.00 EUR | 0.00 EUR | 30.00 EUR | 30.00 EUR');
    expect(table).toContain('(unattributed) | 50.00 EUR | 50.00 EUR | 50.00 EUR | 0.00 EUR');
    expect(table).toContain('total | 140.00 EUR | 140.00 EUR | 140.00 EUR | 0.00 EUR');
    const inDeals = await shown('credit', '--models', 'linear', '--group', 'team', '--deals');
    expect(inDeals).toContain('marketing | 0.6667 | 0.0000');
    const pipeline = await shown('credit', '--measure', 'pipeline', '--models', 'last');
    expect(pipeline).toContain('email | 70.00 EUR | 0.00 EUR');
  });

  it.each([
    ['--models first,last', '90.00 EUR in all: 1 entries of 1 deals'],
    ['--models linear --group team,campaign --from 2026-01-15', '30.00 EUR in all: 1 entries of 1 deals'],
    [
      '--measure pipeline --models last --date created --only account:c',
      '70.00 EUR in all: 1 entries of 1 deals',
    ],
    ['--models linear --group campaign,member --only team:sales', '30.00 EUR in all: 1 entries of 1 deals'],
    ['--models time-decay --group campaign', ' EUR in all: 1 entries of 1 deals'],
    ['--models last --to 2026-01-15 --date touch', '90.00 EUR in all: 1 entries of 1 deals'],
  ])('credit %s: the command it names opens its first figure', async (words, sum) => {
    const credit = await shown('credit', ...words.split(' '));
    const command = credit.find((line) => line.startsWith('throughline attribution entries')) ?? '';
    expect((await shown(...command.split(' ').slice(2))).join('\n')).toContain(sum);
  });

  it('credit: every model fits a line of 120 characters, part below part', async () => {
    const { out } = await attribution('credit');
    expect(out.match(/^channel/gm)?.length).toBeGreaterThan(1);
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(120);
    for (const model of ['w-shaped', 'u-shaped-40-40-20', 'time-decay']) expect(out).toContain(model);
  });

  it('entries: deals and event ids whose sum is the figure', async () => {
    const table = await shown('entries', '--model', 'linear', '--only', 'channel:event');
    expect(table.join('\n')).toMatch(/^1 \| won-1 \| 30.00 EUR \| 33.3 % \| 2026-01-01 \| event \| fair/m);
    expect(table).toContain('30.00 EUR in all: 1 entries of 1 deals');
    expect(table.join('\n').match(/[0-9a-f-]{36}/g)).toHaveLength(2);
    const rest = await shown('entries', '--model', 'linear', '--unattributed');
    expect(rest.join('\n')).toMatch(
      /^1 \| won-2 \| 50.00 EUR \| 100.0 % \| no touch counts for it \| [0-9a-f-]{36}$/m,
    );
  });

  it('deal: its path, and what each model gives each touch', async () => {
    const table = await shown('deal', 'won-1');
    expect(table[0]).toBe('won-1: won, 90.00 EUR, closed on 2026-02-01');
    expect(table.join('\n')).toMatch(/^1 \| 2026-01-01 00:00 \| event \| fair \| mia \| [0-9a-f-]{36}$/m);
    // under first, full-path and inverse J, the first of the models by name
    expect(table.join('\n')).toMatch(/^1 \| event \| 100\.0 % \| \d+\.\d % \| 60\.0 %/m);
    expect(table.join('\n')).toMatch(/^\(unattributed\) \| 0\.0 % \| 0\.0 %/m);
    const found = await json<{ models: object[] }>(services.url, 'attribution', 'deal', 'won-1');
    expect(found).toMatchObject({ amount: '9000', models: { length: 13 } });
    const untouched = await shown('deal', 'won-2');
    expect(untouched).toContain('No touch counts for it.');
    expect(untouched).toContain('Unattributed under every model: no touch counts for it.');
    expect(await shown('deal', 'lost-1')).toContain('It has no credit: only a deal that is won has.');
  });

  it('paths: won, lost and open, and the rest by itself', async () => {
    expect(await shown('paths')).toEqual(
      expect.arrayContaining([
        '1 | 90.00 EUR | won-1 | event > email > phone',
        '1 | 50.00 EUR | won-2 | (no touch)',
        '2 | 140.00 EUR | total: 2 paths',
      ]),
    );
    const top = await shown('paths', '--by', 'amount', '--limit', '1');
    expect(top).toContain('1 | 50.00 EUR | (1 other paths)');
    expect(top).toContain('There are 1 other paths: add --limit 2');
    expect(top).not.toContain('1 | 50.00 EUR | won-2 | (no touch)');
    expect(await shown('paths', '--outcome', 'lost')).toContain('1 | – | lost-1 | email');
    expect(await shown('paths', '--outcome', 'open')).toContain('1 | 70.00 EUR | open-1 | email');
    expect(await shown('paths', '--from', '2026-03-01')).not.toContain(
      '1 | 90.00 EUR | won-1 | event > email > phone',
    );
  });

  it('assists: sourced, assisted and closed, with lost deals beside', async () => {
    const table = await shown('assists', '--by', 'channel');
    expect(table).toContain(
      'channel | won deals | sourced | assisted | closed | lost deals | sourced | assisted | closed',
    );
    expect(table).toContain('email | 1 | 0 | 1 | 0 | 1 | 1 | 1 | 1');
    expect(table).toContain('phone | 1 | 0 | 0 | 1 | 0 | 0 | 0 | 0');
    expect(table).toContain('Of 2 won and 1 lost deals; 1 of them without any touch.');
  });

  it('recognition: each win with all who had part in it, of both sides', async () => {
    const table = await shown('recognition');
    expect(table[0]).toBe('2026-03-01 | Deal of nobody: 50.00 EUR');
    expect(table).toContain('2026-02-01 | Deal of a: 90.00 EUR');
    expect(table).toContain('deal won-1 of account a');
    expect(table).toContain('closed by sam (side unknown)');
    expect(table).toContain('named at the win: mia');
    expect(table).toContain('marketing | mia | 1 | sourced, assisted | event');
    expect(table).toContain('marketing | campaign spring | 1 | assisted | email');
    expect(table).toContain('sales | sam | 1 | closed | phone');
  });

  it('return: spend, revenue and pipeline of each campaign; a cost that nobody told is unknown', async () => {
    const table = await shown('return', '--models', 'first,linear');
    expect(table).toContain('campaign | spent | first | linear');
    expect(table).toContain('fair | cost unknown | 90.00 EUR | 30.00 EUR');
    expect(table).toContain('spring | 20.00 EUR | 0.00 EUR | 30.00 EUR');
    expect(table).toContain('spring | 0.00 | 1.50');
    expect(table).toContain('fair | – | –');
    expect(table).toContain('spring | 70.00 EUR | 70.00 EUR');
  });

  it('snapshot: a data-driven model, and the same deal by deal beside a rule', async () => {
    const table = await shown('snapshot', '--rule', 'shapley');
    expect(table).toContain('email | 0.3333 | 0.3333 | 30.00 EUR');
    expect(table).toContain('(unattributed) | 1.0000 | 50.00 EUR');
    const ordered = await shown('snapshot', '--rule', 'shapley-ordered');
    expect(ordered).toContain('phone | 3 | 0.3333 | 30.00 EUR');
    const markov = await shown('snapshot', '--steps', '2', '--leave-lost-out');
    expect(markov[0]).toMatch(/^markov-2-without-lost\/1 as of .*: 2 won, 1 lost; 1 open do not count$/);
    const list = await shown('snapshots');
    expect(list[1]).toMatch(/^markov-2-without-lost\/1 \| .* \| 2 \| 1 \| 140.00 EUR$/);
    const credit = await shown('credit', '--snapshot', 'shapley/1', '--models', 'first');
    expect(credit).toContain('channel | first | shapley-by-deal | spread');
    expect(credit).toContain('event | 90.00 EUR | 30.00 EUR | 60.00 EUR');
  });

  it.each<[readonly string[], RegExp]>([
    [['credit', '--models', 'linear', '--limit', '2'], /^(event|email|phone) /gm],
    [['entries', '--model', 'linear', '--limit', '2'], /^\d \| won-1 /gm],
    [['assists', '--by', 'channel', '--limit', '2'], /^(event|email|phone) /gm],
    [['recognition', '--limit', '1'], /Deal of/g],
    [['return', '--models', 'linear', '--limit', '1'], /^(fair|spring) \| (cost|\d+\.\d+ EUR \|)/gm],
    [['snapshots', '--limit', '3'], / \| (140\.00 EUR|0)$/gm],
    [['models', '--limit', '9'], / \| account, 365 days \| /gm],
  ])('%p is a page that says how to get the next, which is the last', async (words, row) => {
    const rows = (page: readonly string[]) => page.join('\n').match(row) ?? [];
    const first = await shown(...words);
    const cursor = /There is more: add --cursor (\S+)/.exec(first.join('\n'))?.[1] ?? 'none';
    expect(cursor).toMatch(/^after-\d+\.[\w-]+$|^(snapshots|models)-after-\d+$/);
    const second = await shown(...words, '--cursor', cursor);
    expect(second.join('\n')).not.toContain('There is more');
    const limit = Number(words.at(-1));
    expect(rows(first)).toHaveLength(limit);
    expect(rows(second).length).toBeGreaterThan(0);
    expect(rows(second).length).toBeLessThanOrEqual(limit);
    expect(first).not.toEqual(second);
  });

  it.each<[readonly string[], string]>([
    [['credit', '--models', 'magic'], "There is no model 'magic'. Use one of: first, "],
    [['credit', '--group', 'colour'], "group: There is no dimension 'colour' here. Use one of: channel, "],
    [['credit', '--only', 'channel'], "only: 'channel' has no value. Write <dimension>:<value>"],
    [['credit', '--from', 'soon'], 'from: '],
    [['credits'], 'There is no `attribution credits`. There are credit, entries, '],
    [['credit', '--limit', '0'], 'It takes 1 to 1000.'],
    [['credit', '--order', '2'], '--order is for a file (--paths), not for `attribution credit`'],
    [['entries'], 'Entries are of one model. Name one by model'],
    [['paths', '--outcome', 'maybe'], 'Allowed choices are won, lost, open.'],
    [['assists', '--by', 'colour'], 'Allowed choices are member, person, team'],
    [
      ['recognition', '--cursor', 'x'],
      'cursor is not one that a page of this list gave. Give the one that the page before says',
    ],
    [['return', '--models', 'magic'], "There is no model 'magic'. Use one of: first, "],
    [['models', '--cursor', 'return-after-1'], 'such as models-after-100; not return-after-1.'],
    [
      ['return', '--cursor', 'x'],
      'cursor is not one that a page of this list gave. Give the one that the page before says',
    ],
    [['recompute', '--reason', ''], '/reason: '],
    [['snapshot', '--steps', '0'], 'It takes 1 to 10.'],
    [['snapshot', '--rule', 'shapley', '--steps', '2'], 'shapley has no order. Leave it out'],
    [['snapshot', '--game', 'dice'], 'Allowed choices are rate, conversions.'],
    [['deal', 'unheard-of'], 'No opportunity has this id.'],
  ])('%p is refused with what to do, and nothing of our inside', async (words, said) => {
    const { out, error, exitCode } = await attribution(...words);
    expect({ out, exitCode }).toEqual({ out: '', exitCode: 1 });
    expect(error).toContain(said);
    expect(error).not.toContain('    at ');
  });

  it('models and define: a model of one’s own from a file, refused with the field of the file', async () => {
    expect(await shown('models')).toContainEqual(
      expect.stringMatching(
        /^position-based v1 \| position-based \| .*first 40.* \| account, 365 days \| at any time$/,
      ),
    );
    const house = file(
      'house.json',
      JSON.stringify({
        ...{ rule: 'custom-by-channel', parameters: { channels: { email: 1 } }, mostRecent: 50 },
        pathSteps: [{ step: 'keep-last', touches: 5 }],
      }),
    );
    const defined = await shown('define', 'house-rule', house);
    expect(defined).toContain('house-rule is defined.');
    expect(defined.join('\n')).toContain('channels (email 1)');
    expect(defined.join('\n')).toContain('the 50 most recent touches; keep-last touches 5');
    await eventually('credit under it', async () => {
      const { out } = await attribution('credit', '--models', 'house-rule');
      return /^email +90\.00 EUR/m.test(out);
    });
    expect((await shown('define', 'house-rule', house))[0]).toBe(
      'house-rule is so already; nothing was changed.',
    );
    for (const [content, said] of [
      ['{"rule":"magic"}', '/rule: '],
      ['{"rule":"time-decay","parameters":{"halfLifeDays":0}}', '/parameters/halfLifeDays: '],
      ['{"rule":"linear","speed":1}', '/speed: '],
      ['{"rule":', 'is no JSON: '],
    ] as const) {
      const { error, exitCode } = await attribution('define', 'odd', file('odd.json', content));
      expect({ error, exitCode }).toEqual({ error: expect.stringContaining(said), exitCode: 1 });
      expect(error).not.toContain('/data/');
    }
    const { error } = await attribution('define', 'odd', join(folder, 'none.json'));
    expect(error).toContain('Give a JSON file that is there.');
  });

  it('verify and recompute: names a deal whose credit was altered, mends it, and lists when', async () => {
    expect(await shown('verify')).toContain('Equal, bit for bit.');
    await services.attribution.query(
      `update credit set said = replace(said, '9000', '9001') where opportunity = 'won-1' and model = 'first'`,
    );
    const { out, exitCode } = await attribution('verify');
    expect({ out, exitCode }).toEqual({ out: expect.stringContaining('DIFFERENT: won-1.'), exitCode: 1 });
    const mended = await shown('recompute', '--reason', 'won-1 differs');
    expect(mended[0]).toBe('4 deals were credited anew; 1 credits or rates differed and were replaced.');
    expect(await shown('verify')).toContain('Equal, bit for bit.');
    const list = (await shown('recompute')).join('\n');
    expect(list).toMatch(/^[\d-]+ [\d:]+ \| won-1 differs \| at any time \| 4 \| 1 \| [\d-]+ [\d:]+$/m);
  });

  it.each([
    'credit',
    'entries',
    'deal',
    'paths',
    'assists',
    'recognition',
    'return',
    'models',
    'define',
    'snapshot',
    'snapshots',
    'verify',
    'recompute',
  ])('%s --help has an example, and no option for a file of paths', async (name) => {
    const { out } = await attribution(name, '--help');
    expect(out).toMatch(new RegExp(`Examples?:\n  throughline attribution ${name}`));
    expect(out).not.toContain('--paths');
    expect(out).toContain('--url <address>');
  });

  it('credit of deals of unknown amount is counted in deals, and stands apart from money', async () => {
    await deliver(dealWithoutAmount, services.client);
    await services.settled();
    const alone = await shown('credit', '--models', 'last', '--only', 'channel:chat');
    expect(alone).toContain('chat | 1.0000 | 0.0000');
    expect(alone).toContain('No amount is known, so deals are counted in place of money.');
    const all = await shown('credit', '--models', 'last');
    expect(all).toEqual(expect.arrayContaining(['phone | 90.00 EUR | 0.00 EUR', 'chat | – | –']));
    expect(all).toContain('A line of dashes: deals of unknown amount; --deals counts them.');
  });

  it('topics lists every topic of the embedded log, that of credit too', async () => {
    const found = await json<{ topic: string; partitions: number; records: number }[]>(
      services.url,
      'topics',
    );
    expect(found.map(({ topic }) => topic)).toContain('journey.attribution');
    const credit = found.find(({ topic }) => topic === 'journey.attribution');
    expect(credit).toMatchObject({ partitions: 3 });
    expect(credit?.records).toBeGreaterThan(26);
    const { error } = await run(services.url, 'topics', '--create');
    expect(error).toContain('--create is for Kafka');
  });

  it('runs as a program of its own: a refusal goes to standard error with exit code 1', async () => {
    const bin = join(import.meta.dirname, '../../bin/throughline.mjs');
    const words = ['--url', services.url, 'attribution', 'credit', '--models'];
    const { stdout } = await execute(process.execPath, [bin, ...words, 'last']);
    expect(stdout).toContain('total');
    await expect(execute(process.execPath, [bin, ...words, 'magic'])).rejects.toMatchObject({
      ...{ code: 1, stdout: '' },
      stderr: expect.stringMatching(
        /^Refused \(422 parameter-invalid\): models: There is no model 'magic'\. Use/,
      ),
    });
  });
});
