import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { checked, isClean } from './check.ts';
import { loadMapping } from './mapping.ts';
import { planImport } from './plan.ts';
import { byReason, writeRefused } from './refused-rows.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

/** A mapping with comments, as people write one. */
const source = `{
  // deals and their history
  "name": "own", "about": "deals", "source": "urn:own",
  "files": {
    "deals": { "name": "deals", "columns": ["id", "created"], "key": ["id"] },
    "history": { "name": "history", "columns": ["hist", "deal", "stage", "at"], "key": ["hist"] },
  },
  "events": [
    { "file": "deals", "command": "open", "to": "opportunities", "on": "{id}", "time": { "from": "{created}", "format": "date" } },
    { "file": "history", "command": "change-stage", "to": "opportunities", "on": "{deal}", "order": "{hist}",
      "when": { "stage": ["Prospecting", "Qualification", "Proposal"] },
      "time": { "from": "{at}", "format": "iso" }, "data": { "to": "{stage}" } },
    { "file": "history", "command": "win", "to": "opportunities", "on": "{deal}", "order": "{hist}",
      "when": { "stage": ["Closed Won"] }, "time": { "from": "{at}", "format": "iso" } },
    { "file": "history", "command": "reopen", "to": "opportunities", "on": "{deal}", "order": "{hist}",
      "when": { "stage": ["Reopened"] }, "time": { "from": "{at}", "format": "iso" } },
    { "file": "history", "command": "lose", "to": "opportunities", "on": "{deal}", "order": "{hist}",
      "when": { "stage": ["Closed Lost"] }, "time": { "from": "{at}", "format": "iso" } },
  ],
}`;
const own = (text = source) => loadMapping(file('own.json', text));
const planned = (history: readonly string[], deals = ['d1,2026-01-01']) =>
  planImport(own(), [
    file('deals.csv', ['id,created', ...deals].join('\n')),
    file('history.csv', ['hist,deal,stage,at', ...history].join('\n')),
  ]);
const steps = (history: readonly string[]) =>
  planned(history).commands.opportunities.map(({ command, data }) =>
    [command, (data as { to?: string }).to].filter(Boolean).join(' '),
  );

describe('the history of an entity', () => {
  const history = [
    '017A9,d1,Prospecting,2026-01-05T10:00:00Z',
    '017A5,d1,Qualification,2026-01-15T10:00:00Z',
    '017A3,d1,Proposal,2026-02-01T10:00:00Z',
    '017A2,d1,Closed Lost,2026-02-10T10:00:00Z',
    '017A1,d1,Reopened,2026-03-01T10:00:00Z',
    '017A0,d1,Closed Won,2026-03-10T10:00:00Z',
  ];
  const told = [
    'open',
    'change-stage Prospecting',
    'change-stage Qualification',
    'change-stage Proposal',
    'lose',
    'reopen',
    'win',
  ];

  it('I3 is told in the order of time, across templates and in any order of rows', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(history, { minLength: history.length }), (rows) => {
        expect(steps(rows)).toEqual(told);
      }),
      { numRuns: 40 },
    );
  });

  it('I3 breaks ties of time by the column that the mapping names, numbers as numbers', () => {
    const at = '2026-01-05T10:00:00Z';
    const rows = [`h10,d1,Proposal,${at}`, `h9,d1,Qualification,${at}`, `h1,d1,Prospecting,${at}`];
    expect(steps(rows)).toEqual([
      'open',
      ...['Prospecting', 'Qualification', 'Proposal'].map((stage) => `change-stage ${stage}`),
    ]);
  });

  const dated = source.replaceAll(
    '"time": { "from": "{at}", "format": "iso" }',
    '"time": { "from": "{at}", "format": "date" }',
  );
  const sent = (mapping: string, rows: readonly string[]) =>
    planImport(own(mapping), [
      file('deals.csv', 'id,created\nd1,2026-01-01'),
      file('history.csv', ['hist,deal,stage,at', ...rows].join('\n')),
    ]).commands.opportunities.map(({ command }) => command);

  it('I3 goes by the column of order among steps of one day, where the hour is not known', () => {
    const rows = ['h2,d1,Closed Lost,2026-02-10', 'h3,d1,Reopened,2026-02-10', 'h4,d1,Closed Won,2026-02-10'];
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(sent(dated, shuffled)).toEqual(['open', 'lose', 'reopen', 'win']);
      }),
    );
  });

  it('I3 keeps exact times in their order beside a step that is known to the month only', () => {
    const owner = `{ "file": "owners", "command": "change-owner", "to": "opportunities", "on": "{deal}",
      "time": { "from": "{month}", "format": "month" }, "data": { "to": "{owner}" } },`;
    const mixed = source
      .replace(
        '"files": {',
        '"files": { "owners": { "name": "owners", "columns": ["deal", "owner", "month"] },',
      )
      .replace('{ "file": "history", "command": "win"', `${owner} { "file": "history", "command": "win"`);
    const rows = [
      'h1,d1,Qualification,2026-02-02T00:00:00Z',
      'h2,d1,Closed Lost,2026-02-05T00:00:00Z',
      'h3,d1,Reopened,2026-02-20T00:00:00Z',
      'h4,d1,Proposal,2026-02-21T00:00:00Z',
      'h5,d1,Closed Won,2026-03-02T00:00:00Z',
    ];
    const plan = planImport(own(mixed), [
      file('deals.csv', 'id,created\nd1,2026-01-01'),
      file('owners.csv', 'deal,owner,month\nd1,ada,2026-02'),
      file('history.csv', ['hist,deal,stage,at', ...rows].join('\n')),
    ]);
    expect(plan.commands.opportunities.map(({ command }) => command)).toEqual([
      ...['open', 'change-stage', 'change-owner', 'lose', 'reopen', 'change-stage', 'win'],
    ]);
  });

  it('I3 begins with what creates the entity, whatever its time, and keeps undated steps at their place', () => {
    const rows = [
      'h1,d1,Prospecting,2025-01-05T10:00:00Z',
      'h2,d1,Closed Won,',
      'h3,d1,Qualification,2025-02-05T10:00:00Z',
    ];
    expect(steps(rows)).toEqual(['open', 'change-stage Prospecting', 'change-stage Qualification', 'win']);
  });
});

describe('what comes to nothing', () => {
  it('I5 names values that no rule names, with their counts, and never calls such a file clean', () => {
    const found = checked(
      planned([
        'h1,d1,closed won,2026-01-05T10:00:00Z',
        'h2,d1, Closed Won ,2026-01-06T10:00:00Z',
        'h3,d1,Contract Sent,2026-01-07T10:00:00Z',
        'h4,d1,Contract Sent,2026-01-08T10:00:00Z',
      ]),
    );
    expect(found.unnamed).toEqual([
      { file: 'history', column: 'stage', value: 'closed won', rows: 1 },
      { file: 'history', column: 'stage', value: 'Contract Sent', rows: 2 },
    ]);
    expect(isClean(found)).toBe(false);
    expect(found.sends).toContainEqual({ name: 'opportunities win', count: 1 });
  });

  it('I5 takes values that the mapping ignores as named', () => {
    const ignoring = source.replace(
      '"key": ["hist"] }',
      '"key": ["hist"], "ignore": { "stage": ["Contract Sent"] } }',
    );
    const plan = planImport(own(ignoring), [
      file('history.csv', 'hist,deal,stage,at\nh1,d1,Contract Sent,2026-01-05T10:00:00Z'),
    ]);
    expect(plan.unnamed).toEqual([]);
  });

  it('I5 counts rows that no combination of rules names, blank ones among them', () => {
    const both = source.replace(
      '"when": { "stage": ["Closed Won"] }',
      '"when": { "stage": ["Closed Won"], "hist": ["h1"] }',
    );
    const plan = planImport(own(both), [
      file('history.csv', 'hist,deal,stage,at\nh1,d1,Closed Won,\nh2,d1,Closed Won,\n,d1,,\nh3,d1,,\n'),
    ]);
    expect(plan.idle).toEqual([{ file: 'history.csv', rows: 2, line: 3 }]);
    expect(isClean(checked(plan))).toBe(false);
  });

  it('I2 counts each row once: accepted, repeated or refused', () => {
    const plan = planned([
      'h1,d1,Prospecting,2026-02-30T10:00:00Z',
      'h2,d1,Proposal,2026-02-01T10:00:00Z',
      'h3,d1,Proposal',
      'h2,d1,Proposal,2026-02-01T10:00:00Z',
    ]);
    const { files } = checked(plan);
    expect(files).toMatchObject([
      { name: 'deals.csv', read: 1, accepted: 1, refused: 0 },
      { name: 'history.csv', read: 4, accepted: 1, repeats: 1, refused: 2 },
    ]);
  });

  it('I10 holds what would be sent to the catalogue before it is sent', () => {
    const wrong = source.replace('"data": { "to": "{stage}" }', '"data": { "to": "{stage}", "by": 7 }');
    const plan = planImport(own(wrong), [
      file('history.csv', 'hist,deal,stage,at\nh1,d1,Proposal,2026-02-01T10:00:00Z'),
    ]);
    const { refused, files } = checked(plan);
    expect(refused).toMatchObject([{ rows: 1, reason: expect.stringContaining('change-stage: by') }]);
    expect(files).toMatchObject([{ accepted: 0, refused: 1 }]);
  });

  it('I10 shows ids that differ in blanks or case only, and refusals by reason', () => {
    const found = checked(
      planned(
        ['h1,d1,Prospecting,2026-02-30T10:00:00Z', 'h2,D 1,Prospecting,2026-02-31T10:00:00Z'],
        ['d1,2026-01-01', 'D1,2026-01-01', 'd 1,2026-01-02'],
      ),
    );
    expect(found.lookAlikes).toEqual([{ ids: ['entity D1', 'entity d 1', 'entity d1'] }]);
    expect(found.refused).toMatchObject([{ rows: 2, example: 'history.csv:2' }]);
  });

  it('I10 writes refused rows as a file that the same mapping reads once it is corrected', () => {
    const rows = [
      'h1,d1,Prospecting,2026-02-30T10:00:00Z',
      'h2,d1,"Pro"posal,2026-02-01T10:00:00Z',
      'h3,d1,Proposal,2026-02-01T10:00:00Z',
    ];
    const plan = planned(rows);
    expect(plan.read).toBe(4);
    const headers = new Map([...plan.contents.values()].map(({ name, header }) => [name, header]));
    const [path = ''] = writeRefused(folder, plan.refused, headers, () => ',');
    expect(path.endsWith('refused-history.csv')).toBe(true);
    const again = planImport(own(), [path]);
    expect(again.refused.map(({ line }) => line)).toEqual([2, 3]);
    expect(byReason(again.refused)).toHaveLength(2);
  });
});

describe('a mapping with a mistake', () => {
  it.each([
    [
      '"command": "win"',
      '"command": "won"',
      'events.2: there is no command to opportunities "won": did you mean "win"?',
    ],
    [
      '"data": { "to": "{stage}" }',
      '"data": { "too": "{stage}" }',
      'data.too is no field of change-stage: did you mean "to"?',
    ],
    ['"file": "deals"', '"file": "deal"', 'there is no file "deal" in "files": did you mean "deals"?'],
    [
      '{ "to": "{stage}" }',
      '{ "to": { "$mapp": "x", "of": "{stage}" } }',
      'there is no $mapp: did you mean "$map"?',
    ],
    ['{ "to": "{stage}" }', '{ "to": { "$map": "x", "of": "{stage}" } }', 'there is no value map "x"'],
    [
      '{ "to": "{stage}" }',
      '{ "to": { "$money": "1", "currency": "ZZQ" } }',
      'ZZQ is no currency of ISO 4217',
    ],
    ['"format": "iso"', '"format": "isoo"', 'must be date, month'],
    ['"order"', '"oder"', 'events.1'],
    ['"from": "{at}"', '"from": "at"', 'names no cell: write "{at}"'],
    ['{ "to": "{stage}" }', '{ "to": "{stage" }', 'has a brace that names no cell'],
    ['{ "to": "{stage}" }', '{ "to": "{}" }', 'has a brace that names no cell'],
    ['{ "to": "{stage}" }', '{ "to": { "$map": "x" } }', '$map needs an "of"'],
    [
      '"data": { "to": "{stage}" }',
      '"inferred": ["too"], "data": { "to": "{stage}" }',
      '"too" is no field of change-stage: did you mean "to"?',
    ],
    ['"events"', '"numbers": { "n": { "decimal": ",", "group": "," } }, "events"', 'must be different signs'],
    ['"format": "iso"', '"format": "toString"', 'must be date, month'],
    ['"about": "deals",', '"about": "deals" "x"', 'is not JSON'],
  ])('I10 is refused as a whole: %s written as %s', (right, wrong, message) => {
    expect(() => own(source.replace(right, wrong))).toThrow(message);
  });

  it('I10 that names a column which the file lacks is refused before anything is sent', () => {
    const mapping = own(
      source.replace('"on": "{deal}", "order": "{hist}"', '"on": "{dael}", "order": "{hist}"'),
    );
    expect(() => planImport(mapping, [file('history.csv', 'hist,deal,stage,at\n')])).toThrow(
      'lacks the column dael',
    );
  });
});

describe('the mapping of the Olist funnel', () => {
  it('I12 names the touch that captured a lead as it sends it', () => {
    const { facts, commands, refused } = planImport(loadMapping('olist-funnel'), [
      file(
        'olist_marketing_qualified_leads_dataset.csv',
        'mql_id,first_contact_date,landing_page_id,origin\na1,2018-02-01,page-1,social',
      ),
    ]);
    expect(refused).toEqual([]);
    const [touch] = facts.filter(({ name }) => name === 'touch.recorded');
    const [capture] = commands.leads.filter(({ command }) => command === 'capture');
    expect(touch?.id).toBe('first-contact:a1');
    expect(capture?.data).toMatchObject({ touch: touch?.id });
  });
});
