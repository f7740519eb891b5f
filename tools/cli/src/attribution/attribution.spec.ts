import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PathCounters, type PathRow } from '@throughline/attribution';
import { Command } from 'commander';
import { choiceOf, type Options } from './choice.ts';
import { addAttribution } from './command.ts';
import { asJson, compareModels } from './compare-models.ts';
import { readOwnModels, type OwnModel } from './own-models.ts';
import { readPathCsv } from './path-csv.ts';
import { shown } from './print.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attribution-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const HEADER = 'path,total_conversions,total_conversion_value,total_null';
const file = (lines: readonly string[], header = HEADER) => {
  const path = join(folder, 'paths.csv');
  writeFileSync(path, Buffer.from(`${[header, ...lines].join('\n')}\n`, 'latin1'));
  return path;
};
const options: Options = {
  order: '1',
  lost: true,
  weights: '40/20/40',
  exclude: 'direct',
  shapleyGame: 'rate',
  shapleyOrders: '2000',
  seed: '1',
};

async function answer(lines: readonly string[], given: Partial<Options> = {}, own: readonly OwnModel[] = []) {
  const choice = choiceOf({ ...options, ...given }, own);
  const counters = new PathCounters(choice.counters);
  const { rows } = await readPathCsv(file(lines), (row) => counters.add(row));
  return asJson(counters, rows, compareModels(counters, choice)) as {
    totals: unknown;
    models: {
      model: string;
      credits: { channel: string; conversions: string; value: string }[];
      unattributed: unknown;
      removal?: { probability: number };
      shapley?: unknown;
    }[];
    spread: unknown[];
  };
}

/** What the command writes of a file of these lines. */
async function printed(lines: readonly string[], given: readonly string[] = []): Promise<string> {
  const written: string[] = [];
  const out = jest
    .spyOn(process.stdout, 'write')
    .mockImplementation((text) => written.push(String(text)) > 0);
  const program = new Command('throughline').option('--json');
  addAttribution(program);
  await program
    .parseAsync(['attribution', '--paths', file(lines), ...given], { from: 'user' })
    .finally(() => out.mockRestore());
  return written.join('');
}
const MTA = ['direct,2,20,1', 'search > email,3,30.5,2', '"search > social > email",5,50,4', ',1,7,0'];

describe('throughline attribution --paths', () => {
  it('shows every model over a file, the unattributed apart, amounts as exact decimals', async () => {
    const { totals, models, spread } = await answer(MTA, { order: '1,2' });
    expect(totals).toEqual({ conversions: 11, losses: 7, value: '107.5' });
    expect(models.map(({ model }) => model)).toEqual([
      ...['first', 'last', 'last-non-direct', 'linear', 'linear-by-channel', 'position-based'],
      ...['j-shaped', 'inverse-j-shaped', 'shapley', 'markov-1', 'markov-2'],
    ]);
    for (const { unattributed } of models) expect(unattributed).toEqual({ conversions: '1', value: '7' });
    expect(models[5]?.credits).toEqual([
      { channel: 'direct', conversions: '2', value: '20' },
      { channel: 'email', conversions: '3.5', value: '35.25' },
      { channel: 'search', conversions: '3.5', value: '35.25' },
      { channel: 'social', conversions: '1', value: '10' },
    ]);
    expect(spread).toHaveLength(4);
  });

  it('takes the weights, the order, the lost journeys and the exclusions it is given', async () => {
    const asked = {
      models: 'position-based,last-non-direct,markov',
      weights: '0/0/1',
      exclude: 'email,social',
      order: '2',
    };
    const { models } = await answer(MTA, { ...asked, lost: false });
    expect(models.map(({ model }) => model)).toEqual([
      'position-based',
      'last-non-direct',
      'markov-2-without-lost',
    ]);
    const conversions = models.map(({ credits }) => credits.map((it) => it.conversions));
    expect(conversions[0]).toEqual(['2', '8', '0', '0']);
    expect(conversions[1]).toEqual(['2', '0', '8', '0']);
  });

  it('tells how likely a walk converts, beside the removal effects', async () => {
    const { models } = await answer(MTA, { models: 'markov', order: '1,2' });
    expect(models.map(({ removal }) => removal?.probability)).toEqual([10 / 17, 10 / 17]);
    const text = await printed(MTA, ['--models', 'markov', '--order', '2']);
    expect(text).toContain('P(conversion) 0.588235; ');
  });

  it("credits by models of one's own, that are read from a file", async () => {
    const models = [
      { name: 'mail', rule: 'custom-by-channel', parameters: { channels: { email: 1 } } },
      { rule: 'position-based', parameters: { first: 0, middle: 0, last: 1 } },
      { rule: 'custom-by-position', parameters: { start: [1] } },
      { rule: 'custom-by-channel-and-place', parameters: { places: { social: [0, 9] }, other: '1' } },
    ];
    const path = join(folder, 'models.json');
    writeFileSync(path, `\ufeff${JSON.stringify(models)}`);
    const found = await answer(MTA, { models: 'first' }, await readOwnModels(path));
    const credits = found.models.map(({ model, credits: all, unattributed }) => [
      ...[model, all.map(({ conversions }) => conversions).join(' '), unattributed],
    ]);
    expect(credits).toEqual([
      ['first', '2 0 8 0', { conversions: '1', value: '7' }],
      ['mail', '0 8 0 0', { conversions: '3', value: '27' }],
      ['position-based', '2 8 0 0', { conversions: '1', value: '7' }],
      ['custom-by-position', '2 0 8 0', { conversions: '1', value: '7' }],
      [
        'custom-by-channel-and-place',
        '2 1.954545454546 1.954545454545 4.090909090909',
        { conversions: '1', value: '7' },
      ],
    ]);
  });

  it.each<[unknown, string]>([
    [[], 'there is no model in it'],
    [{ parameters: {} }, 'model 1: There is no "rule".'],
    [{ rule: 'first', name: ' ' }, 'The "name" is no text.'],
    [{ rule: 'first', parameters: [1] }, '"parameters" is no object.'],
    [{ rule: 'first', name: 'linear' }, 'linear is among --models too.'],
    [{ rule: 'first', windowDays: 9 }, '"windowDays" is for models of deals'],
    [{ rule: 'first', pathSteps: [] }, 'Give them by --path-step.'],
    [{ rule: 'first', weights: 9 }, 'There is no field "weights".'],
    [[{ rule: 'first' }, { rule: 'last', name: 'first' }], 'two models are called first.'],
    [
      { rule: 'time-decay', parameters: { halfLifeDays: 7 } },
      '--model-file: time-decay looks at when touches were',
    ],
    [{ rule: 'custom-by-channel' }, 'custom-by-channel, channels: There are no weights.'],
    [{ rule: 'custom-by-position', parameters: { start: [-1] } }, 'start[0]: This is no number from 0 on.'],
    [{ rule: 'custom-by-position', parameters: { rest: 0 } }, 'Weights that are all 0 give no credit.'],
    [{ rule: 'markov', parameters: { order: 1.5 } }, 'The order is no whole number from 1.'],
    [{ rule: 'first', parameters: { halfLife: 1 } }, 'halfLife: First touch has no such parameter.'],
  ])('refuses the models %p', async (models, message) => {
    const path = join(folder, 'models.json');
    writeFileSync(path, JSON.stringify(models));
    const reading = readOwnModels(path).then((own) => choiceOf({ ...options, models: 'linear' }, own));
    await expect(reading).rejects.toThrow(message);
  });

  it('gives credit of general Shapley values, and their standard error where they are sampled', async () => {
    const [exact] = (await answer(MTA, { models: 'shapley-general', shapleyGame: 'conversions' })).models;
    expect(exact?.credits.map(({ conversions }) => conversions)).toEqual([
      ...['2', '3.166666666667', '3.166666666667', '1.666666666666'],
    ]);
    expect(exact?.shapley).toMatchObject({
      ...{
        game: 'conversions',
        method: 'exact',
        values: [{ standardError: { conversions: 0 } }, {}, {}, {}],
      },
    });
    const many = Array.from({ length: 22 }, (_, at) => `c${at} > c${at + 1},${at + 1},5,2`);
    const sampled = await answer(many, { models: 'shapley-general', shapleyOrders: '20' });
    const again = await answer(many, { models: 'shapley-general', shapleyOrders: '20' });
    expect(sampled).toEqual(again);
    expect(sampled.models[0]?.shapley).toMatchObject({
      ...{ game: 'rate', method: 'sampled' },
      values: expect.arrayContaining([
        expect.objectContaining({
          creditStandardError: { conversions: expect.any(Number), value: expect.any(Number) },
        }),
      ]),
    });
    const text = await printed(many, ['--models', 'shapley-general', '--shapley-orders', '20']);
    expect(text).toMatch(/error of rate +of value +of credit +of credited value/);
  });

  it('takes paths through steps before they are counted, one after the other', async () => {
    const json = async (...given: readonly string[]) =>
      JSON.parse(await printed(MTA, ['--models', 'last', '--json', ...given])) as {
        pathSteps: unknown;
        models: { credits: { channel: string; conversions: string }[] }[];
      };
    const told = ['--path-step', 'exclude:email, direct', '--path-step', 'keep-last:1'];
    const { pathSteps, models } = await json(...told);
    expect(pathSteps).toEqual([
      { step: 'exclude', channels: ['email', 'direct'] },
      { step: 'keep-last', touches: 1 },
    ]);
    expect(models[0]?.credits).toMatchObject([
      { channel: 'direct', conversions: '2' },
      { channel: 'search', conversions: '3' },
      { channel: 'social', conversions: '5' },
    ]);
    expect((await json()).pathSteps).toEqual([]);
  });

  it.each([
    ['fold', '--path-step fold: There is no such path step. Give one of identity, collapse-repeats,'],
    ['exclude', 'Nothing says what to exclude.'],
    ['keep-last:0', 'So many touches cannot be kept.'],
    ['keep-last:', 'So many touches cannot be kept.'],
    ['collapse-repeats:3', 'Leave it out; collapse-repeats takes nothing else.'],
  ])('refuses the path step %p', async (step, message) => {
    await expect(printed(MTA, ['--path-step', step])).rejects.toThrow(message);
  });

  it('splits paths at the separator that is told', async () => {
    const taken: PathRow[] = [];
    await readPathCsv(file(['a>b|c,1,0,0']), (row) => taken.push(row), { separator: '|' });
    expect(taken[0]?.channels).toEqual(['a>b', 'c']);
    await expect(readPathCsv(file(['a>b,1,0,0']), () => undefined)).rejects.toThrow('tell the separator');
    const blank = readPathCsv(file(['a,1,0,0']), () => undefined, { separator: ' ' });
    await expect(blank).rejects.toThrow('--separator: Nothing stands between the channels.');
  });

  it('shows beside the models what is no credit', async () => {
    const found = await answer(MTA, {
      models: 'participation,uniform,shapley-ordered,shapley-rate',
    });
    expect(found).toMatchObject({
      models: [],
      influence: {
        participation: [{ channel: 'direct', conversions: '2' }, { conversions: '8' }, {}, {}],
        uniform: [{ channel: 'direct', value: '20' }, { value: '80.5' }, {}, {}],
      },
      shapleyOrdered: [{ positions: [{ position: 1, conversions: '2' }] }, {}, {}, {}],
      shapleyRate: [{ channel: 'direct', standardError: 0 }, {}, {}, {}],
    });
  });

  it('A7 lists bad rows with line, column and remedy, up to twenty, and takes the others', async () => {
    const rows = ['a,1,,0', 'b,x,0,0', 'a > > b,1,0,0', 'c,1,0', 'caf\xe9,1,0,0', 'e,2, ,1', 'd,1,"0"x,0'];
    const taken: string[] = [];
    const read = await readPathCsv(file(rows), ({ channels }) => taken.push(...channels));
    expect(taken).toEqual(['a', 'e']);
    expect(read).toMatchObject({ rows: 2, withoutValue: 2, refused: { count: 5 } });
    expect(read.complaint).toMatch(/5 rows were refused, the others were computed/);
    expect(read.complaint).toContain('line 3, total_conversions: "x" is no whole number');
    expect(read.complaint).toContain('line 4, path: The path "a > > b" has a touch without a channel');
    expect(read.complaint).toContain('line 5, path: There are 3 cells for 4 columns.');
    expect(read.complaint).toContain('line 6, path: This is not UTF-8. Save the file as UTF-8.');
    expect(read.complaint).toMatch(/line 8, .*close it/);
    const many = readPathCsv(file(Array<string>(25).fill('b,x,0,0')), () => undefined);
    await expect(many).rejects.toThrow('and 5 more');
    await expect(many).rejects.toThrow('so nothing was computed');
  });

  it('takes any line ends, several in one file too, and tells lines by them', async () => {
    const path = join(folder, 'mixed.csv');
    writeFileSync(path, `\ufeff${HEADER}\r\na,1,0,0\nb,1,0,0\r"c\nd",1,0,0\r\n\n`);
    const taken: string[] = [];
    await readPathCsv(path, ({ channels }) => taken.push(...channels));
    expect(taken).toEqual(['a', 'b', 'c\nd']);
    writeFileSync(path, `${HEADER}\r\na,1,0,0\nb,1,0,0\r\nc,x,0,0\n`);
    expect((await readPathCsv(path, () => undefined)).complaint).toContain('line 4, total_conversions: "x"');
  });

  it('gives up on a row that does not end, and takes no memory for the rest', async () => {
    const path = file(['a,1,0,0', `"${'x'.repeat(2 ** 22)}`, 'b,1,0,0']);
    const reading = readPathCsv(path, () => undefined);
    await expect(reading).rejects.toThrow(/1 row was refused.*\n {2}line 4, .* more than 4194304 characters/);
  });

  it('refuses another header, an empty file and no file, with what to do', async () => {
    const read = (path: string) => readPathCsv(path, () => undefined);
    await expect(read(file([], 'journey,total_conversions'))).rejects.toThrow(
      'line 1: There is a column "journey".',
    );
    writeFileSync(join(folder, 'empty.csv'), '');
    await expect(read(join(folder, 'empty.csv'))).rejects.toThrow(
      'is empty: its first line must name the columns',
    );
    await expect(read(join(folder, 'none.csv'))).rejects.toThrow('Give a CSV file that is there.');
    await expect(read(folder)).rejects.toThrow('is no file');
    await expect(read(file([], HEADER.replaceAll(',', ';')))).rejects.toThrow(
      'Put commas between the columns.',
    );
    writeFileSync(join(folder, 'wide.csv'), Buffer.from(`\ufeff${HEADER}\na,1,1,0\n`, 'utf16le'));
    await expect(read(join(folder, 'wide.csv'))).rejects.toThrow('is in UTF-16. Save it as CSV in UTF-8.');
    writeFileSync(join(folder, 'packed.csv'), gzipSync(`${HEADER}\na,1,1,0\n`));
    await expect(read(join(folder, 'packed.csv'))).rejects.toThrow('packed.csv is compressed. Unpack it');
  });

  it.each<[Partial<Options>, string]>([
    [{ models: 'first,magic' }, 'there is no model magic. There are first, last,'],
    [{ models: '' }, 'There are first, last,'],
    [{ models: 'time-decay' }, 'time-decay looks at times or milestones'],
    [{ models: 'w-shaped' }, '`attribution credit` has it for deals'],
    [{ models: 'custom-by-channel' }, 'custom-by-channel needs weights. Tell them in a file: --model-file'],
    [{ models: 'shapley-general', shapleyGame: 'chess' }, '--shapley-game takes rate or conversions'],
    [{ shapleyOrders: '1' }, '--shapley-orders takes a whole number, 2 to 100000; not 1.'],
    [{ order: '0' }, '--order takes whole numbers from 1'],
    [{ order: 'two' }, 'not two'],
    [{ weights: '40/60' }, '--weights takes first/middle/last, such as 40/20/40; not 40/60.'],
    [{ seed: '-1' }, '--seed takes a whole number'],
  ])('refuses %p', (given, message) => {
    expect(() => choiceOf({ ...options, ...given })).toThrow(message);
  });

  it.each([
    [['--models', 'linear', '--order', '2'], '--order is of markov, which --models does not name.'],
    [['--models', 'first', '--without-lost'], '--without-lost is of markov'],
    [['--shapley-orders', '9'], '--shapley-orders is of shapley-general and shapley-rate'],
    [['--weights', '0/0/0'], 'first, middle, last: Weights that are all 0 give no credit. Give at least one'],
    [['--weights', '1/b/2'], 'middle: This is no number from 0 on. Give a decimal number, not negative'],
  ])('explains %p without a stack', async (given, message) => {
    const program = new Command('throughline');
    addAttribution(program);
    const run = program.parseAsync(['attribution', '--paths', file(MTA), ...given], { from: 'user' });
    await expect(run).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringContaining(message),
    });
  });

  it('fits lines of 120 characters', async () => {
    const lines = (await printed(MTA)).split('\n');
    expect(lines.filter((line) => line.startsWith('(total)'))).toHaveLength(4);
    expect(lines.filter(({ length }) => length > 120)).toEqual([]);
  });

  it('A7 takes orders above the longest path, and stops its progress bars', async () => {
    const terminal = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
    Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
    const drawn = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const program = new Command('throughline');
      addAttribution(program);
      const asked = ['attribution', '--paths', file(MTA), '--models', 'first,markov', '--order', '4'];
      const printed = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
      await program.parseAsync(asked, { from: 'user' }).finally(() => printed.mockRestore());
      // a bar takes line wrap away while it runs
      const times = (sequence: string) => drawn.mock.calls.filter(([text]) => text === sequence).length;
      expect(times('\x1b[?7l')).toBe(2);
      expect(times('\x1b[?7h')).toBe(2);
    } finally {
      drawn.mockRestore();
      if (terminal) Object.defineProperty(process.stderr, 'isTTY', terminal);
      else Reflect.deleteProperty(process.stderr, 'isTTY');
    }
  });

  it('rounds for the eye at four places, half up', () => {
    expect([0n, 50_000_000n, 49_999_999n, 1_234_567_800_000n].map(shown)).toEqual([
      '0.0000',
      '0.0001',
      '0.0000',
      '1.2346',
    ]);
  });
});
