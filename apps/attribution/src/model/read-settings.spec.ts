import { describe, expect, it } from '@jest/globals';
import { attributionModelDefined, canonicalJson, creditAssigned } from '@throughline/contracts';
import { creditOf } from '../credit/credit.decider.ts';
import type { Deal, Definition, PlacedTouch } from '../credit/deal.state.ts';
import { defineModel, type GivenSettings } from './model.commands.ts';
import { readSettings } from './read-settings.ts';

const sent = (data: object): GivenSettings => defineModel.parse({ rule: 'linear', ...data });
const defined = (data: object): Definition => ({ ...readSettings(sent(data)), model: 'm', version: 1 });

/** A won deal of 100.00 with these channels on its path, a day apart. */
function deal(...channels: string[]): Deal {
  const at = { at: '2026-02-01T00:00:00.000Z', precision: 'instant' as const };
  const touches = channels.map((channel, n): PlacedTouch => ({
    kind: 'activity',
    ...{ id: `00000000-0000-4000-8000-00000000000${n}`, at: Date.UTC(2026, 0, n + 1), channel },
    ...{ person: null, account: 'a', lead: null, named: true },
  }));
  return {
    outcome: 'won',
    ...{ opportunity: 'd-1', account: 'a', owner: null, amount: 100_00n, currency: 'EUR', touches },
    ...{ opened: at, closed: at, lead: at, leads: [], accounts: ['a'], contacts: [], leadPersons: [] },
    captures: [],
    reopened: [],
    wonBefore: [],
  };
}
const along = (pathSteps: readonly object[], channels: readonly string[], more = {}) => {
  const { shares, considered, leftOut, unattributed } = creditOf(
    deal(...channels),
    defined({ pathSteps, ...more }),
  );
  const places = shares.map(({ touch, amount }) => [Number(touch.at(-1)), amount]);
  return { places, considered, folded: leftOut.folded, rest: unattributed.amount };
};

describe('path steps of a definition', () => {
  const path = ['direct', 'ads', 'ads', 'email', 'direct'];

  it('make the path that credit is dealt along; of what is folded the first touch stays', () => {
    expect(along([{ step: 'collapse-repeats' }], path)).toEqual({
      places: [0, 1, 3, 4].map((place) => [place, 25_00]),
      ...{ considered: 4, folded: 1, rest: 0 },
    });
    expect(along([{ step: 'first-occurrence' }], path).places.map(([place]) => place)).toEqual([0, 1, 3]);
    expect(along([{ step: 'keep-last', touches: 2 }], path).places).toEqual([
      [3, 50_00],
      [4, 50_00],
    ]);
  });

  it('drop channels, anywhere or from the end, unless the whole path is that', () => {
    const channels = ['direct'];
    expect(along([{ step: 'exclude', channels }], path).places.map(([place]) => place)).toEqual([1, 2, 3]);
    const trailing = along([{ step: 'exclude-trailing', channels }], path);
    expect(trailing.places.map(([place]) => place)).toEqual([0, 1, 2, 3]);
    const whole = along([{ step: 'exclude', channels }], ['direct', 'direct']);
    expect(whole).toMatchObject({ places: [[0, 50_00], [1, 50_00]], folded: 0 }); // prettier-ignore
  });

  it('A1 are taken in their order, before the most recent touches are counted back', () => {
    const steps = [{ step: 'exclude', channels: ['email'] }, { step: 'collapse-repeats' }];
    expect(along(steps, ['ads', 'email', 'ads']).places).toEqual([[0, 100_00]]);
    expect(along(steps.toReversed(), ['ads', 'email', 'ads']).places).toHaveLength(2);
    const recent = along([{ step: 'exclude', channels: ['direct'] }], path, { mostRecent: 1 });
    expect(recent).toMatchObject({ places: [[1, 50_00], [3, 50_00]], considered: 2, folded: 2 }); // prettier-ignore
  });
});

describe('a definition from before there were steps and stages', () => {
  const kept = {
    ...{ model: 'linear', version: 1, title: 'Linear', rule: 'linear', parameters: {}, scope: 'account' },
    ...{ exposures: false, windowDays: 365, mostRecent: 500, severalConversions: 'reuse', inForceFrom: null },
  };
  const said =
    '{"amount":{"amount":10000,"currency":"EUR"},"closedAt":"2026-02-01T00:00:00.000Z","considered":2,' +
    '"exposures":false,"leftOut":{"beyond":0,"early":0,"exposures":0,"late":0,"undated":0},"model":{"id":"linear",' +
    '"version":1},"mostRecent":500,"opportunity":"d-1","outcome":"won","parameters":{},"rule":"linear","scope":' +
    '"account","severalConversions":"reuse","shares":[{"amount":5000,"person":null,"touch":' +
    '"00000000-0000-4000-8000-000000000000","weight":500000},{"amount":5000,"person":null,"touch":' +
    '"00000000-0000-4000-8000-000000000001","weight":500000}],"unattributed":{"amount":0,"reason":null,"weight":0},' +
    '"windowDays":365}';

  it('I9: is read as it was, and means the same: its credit is the same text, to the bit', () => {
    const read = attributionModelDefined.schema.parse(kept);
    expect(canonicalJson(read)).toBe(canonicalJson(kept));
    expect(canonicalJson(creditOf(deal('ads', 'ads'), read))).toBe(said);
    expect(canonicalJson(creditAssigned.schema.parse(JSON.parse(said)))).toBe(said);
  });

  it('sent again is the same again', () => {
    const { model: _, version: __, ...settings } = kept;
    const again = readSettings(sent({ title: 'Linear', mostRecent: 500 }));
    expect(canonicalJson(again)).toBe(canonicalJson(settings));
    for (const said of [{ pathSteps: [] }, { milestones: 'first' }])
      expect(canonicalJson(readSettings(sent({ title: 'Linear', mostRecent: 500, ...said })))).toBe(
        canonicalJson(settings),
      );
  });
});

describe('stage probabilities of a definition', () => {
  it('are kept as decimal text, with what holds for every other stage', () => {
    const stages = { discovery: 0.2, proposal: '.5', 'legal/terms': 1 };
    expect(defined({ stageProbabilities: { stages } }).stageProbabilities).toEqual({
      stages: { discovery: '0.2', proposal: '0.5', 'legal/terms': '1' },
      other: '1',
    });
  });

  it('fit the event, with path steps and the places of channels', () => {
    const all = defined({
      rule: 'custom-by-channel-and-place',
      parameters: { places: { email: [3, 1] } },
      pathSteps: [
        { step: 'exclude', channels: ['direct'] },
        { step: 'keep-last', touches: 5 },
      ],
      milestones: 'last',
      stageProbabilities: { stages: { won: 1 }, other: 0 },
    });
    expect(attributionModelDefined.schema.parse(all)).toEqual(all);
  });
});

describe('settings that cannot be', () => {
  it.each([['identity'], ['frequency-tagged'], ['dedupe'], [7]])(
    'name the steps there are for %j',
    (step) => {
      expect(() => readSettings(sent({ pathSteps: [{ step }] }))).toThrow(
        expect.objectContaining({
          field: '/data/pathSteps/0/step',
          remedy: 'Give one of collapse-repeats, first-occurrence, exclude, exclude-trailing, keep-last.',
        }),
      );
    },
  );

  const many = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`s${at}`, 1]));

  it.each([
    [{ pathSteps: [null] }, '/data/pathSteps/0/step'],
    [{ pathSteps: [{ step: 'collapse-repeats' }, { step: 'exclude' }] }, '/data/pathSteps/1/channels'],
    [{ pathSteps: [{ step: 'exclude', channels: [''] }] }, '/data/pathSteps/0/channels/0'],
    [{ pathSteps: [{ step: 'keep-last', touches: 0 }] }, '/data/pathSteps/0/touches'],
    [{ pathSteps: [{ step: 'keep-last', touches: 65_001 }] }, '/data/pathSteps/0/touches'],
    [{ pathSteps: [{ step: 'first-occurrence', touches: 1 }] }, '/data/pathSteps/0/touches'],
    [{ stageProbabilities: { stages: { a: 1.01 } } }, '/data/stageProbabilities/stages/a'],
    [{ stageProbabilities: { stages: { 'a/b': 'x' } } }, '/data/stageProbabilities/stages/a~1b'],
    [{ stageProbabilities: { stages: {}, other: -1 } }, '/data/stageProbabilities/other'],
    [{ stageProbabilities: { stages: { ' ': 1 } } }, '/data/stageProbabilities/stages'],
    [{ stageProbabilities: { stages: many } }, '/data/stageProbabilities/stages'],
  ])('%j is refused at %s, with a remedy', (data, field) => {
    expect(() => readSettings(sent(data))).toThrow(
      expect.objectContaining({
        ...{ code: 'settings-unfit', field, message: expect.not.stringContaining('undefined') },
        remedy: expect.stringMatching(/^(Give|Name|Leave|Keep) .+\.$/),
      }),
    );
  });
});
