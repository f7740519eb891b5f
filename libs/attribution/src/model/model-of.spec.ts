import { describe, expect, it } from '@jest/globals';
import { modelOf, RULE_MODELS } from './model-of.ts';

const path = (channels: string) => ({
  touches: [...channels].map((channel, place) => ({ id: `touch-${place}`, at: place * 86_400_000, channel })),
  closedAt: null,
  milestones: { lead: 0, opportunity: null },
});

/** Model, parameters, code, field. */
const REFUSED: readonly (readonly [string, Readonly<Record<string, unknown>>, string, string])[] = [
  ['fist', {}, 'unknown-model', 'name'],
  ['linear', { halfLifeDays: 7 }, 'unknown-parameter', 'halfLifeDays'],
  ['time-decay', { halfLife: 7 }, 'unknown-parameter', 'halfLife'],
  ['time-decay', { halfLifeDays: 0 }, 'bad-parameter', 'halfLifeDays'],
  ['time-decay', { halfLifeDays: -7 }, 'bad-parameter', 'halfLifeDays'],
  ['time-decay', { halfLifeDays: Number.NaN }, 'bad-parameter', 'halfLifeDays'],
  ['time-decay', { halfLifeDays: '1e-9' }, 'bad-parameter', 'halfLifeDays'],
  ['position-based', { first: -40 }, 'bad-weights', 'first'],
  ['position-based', { first: null }, 'bad-weights', 'first'],
  ['position-based', { first: 0, middle: 0, last: 0 }, 'bad-weights', 'first, middle, last'],
  ['position-based', { pair: 'half' }, 'bad-parameter', 'pair'],
  ['last-non-direct', { exclude: 'direct' }, 'bad-parameter', 'exclude'],
  ['w-shaped', { missing: 'ignore' }, 'bad-parameter', 'missing'],
  ['custom-by-position', {}, 'bad-weights', 'start, rest, end'],
  ['custom-by-position', { start: [1, 'x'] }, 'bad-weights', 'start[1]'],
  ['custom-by-position', { start: 40 }, 'bad-parameter', 'start'],
  ['custom-by-stage', {}, 'bad-parameter', 'stages'],
  ['custom-by-stage', { stages: { mql: 1 } }, 'unknown-parameter', 'stages.mql'],
  ['custom-by-stage', { stages: { lead: 0 } }, 'bad-weights', 'stages, middle'],
  ['custom-by-channel', { channels: [1] }, 'bad-parameter', 'channels'],
  ['custom-by-channel', { channels: { email: Infinity } }, 'bad-weights', 'channels.email'],
  ['custom-by-channel-and-place', {}, 'bad-parameter', 'places'],
  ['custom-by-channel-and-place', { places: [1] }, 'bad-parameter', 'places'],
  ['custom-by-channel-and-place', { places: { email: 3 } }, 'bad-parameter', 'places.email'],
  ['custom-by-channel-and-place', { places: { email: [] } }, 'bad-parameter', 'places.email'],
  ['custom-by-channel-and-place', { places: { email: [1, -1] } }, 'bad-weights', 'places.email[1]'],
  ['custom-by-channel-and-place', { places: { email: [0] } }, 'bad-weights', 'places, other'],
];

describe('modelOf', () => {
  it.each(REFUSED)('refuses %s %j as %s of %s, and says what to do', (name, parameters, code, field) => {
    const make = () => modelOf({ name, parameters });
    expect(make).toThrow(expect.objectContaining({ code, field }));
    expect(make).toThrow(
      expect.objectContaining({ remedy: expect.stringMatching(/^(Give|Leave|It has) ?.+\.$/) }),
    );
  });

  it('names every model there is where one is not known', () => {
    expect(() => modelOf({ name: 'u-shaped' })).toThrow(/u-shaped-50-50, u-shaped-40-40-20, w-shaped/);
    expect(new Set(RULE_MODELS.map(({ name }) => name)).size).toBe(RULE_MODELS.length);
  });

  it('I9: keeps with every model what makes the same model again, defaults included', () => {
    const specs = [
      ...RULE_MODELS.filter(({ name }) => !name.startsWith('custom')).map(({ name }) => ({ name })),
      { name: 'time-decay', parameters: { halfLifeDays: '0.3333333' } },
      { name: 'position-based', parameters: { first: 0.1, middle: '.7', last: 1e-3, pair: 'split-middle' } },
      { name: 'custom-by-position', parameters: { start: [3, 2], rest: 1, end: [4] } },
      { name: 'custom-by-stage', parameters: { stages: { lead: 2, first: 1 }, middle: 1 } },
      { name: 'custom-by-channel', parameters: { channels: { a: 2 }, other: 1 } },
      { name: 'custom-by-channel-and-place', parameters: { places: { a: [2, '.5'] }, other: 1 } },
    ];
    for (const spec of specs) {
      const made = modelOf(spec);
      const again = modelOf(JSON.parse(JSON.stringify(made.spec)) as typeof made.spec);
      expect(again.spec).toEqual(made.spec);
      expect(again.weights(path('abcab'))).toEqual(made.weights(path('abcab')));
    }
    expect(modelOf({ name: 'time-decay' }).spec).toEqual({
      name: 'time-decay',
      parameters: { halfLifeDays: '7' },
    });
  });

  it.each([
    ['1e15', 86_400_000n * 10n ** 15n],
    [1 / 3, 28_800_000n],
    [1 / 48, 1_800_000n],
    [1 / 86_400, 1_000n],
    [1 / 86_400_000, 1n],
  ])('a half-life of %p days is the nearest millisecond: %p', (halfLifeDays, ms) => {
    const { spec, weights } = modelOf({ name: 'time-decay', parameters: { halfLifeDays } });
    const aged = [0, Number(ms)].map((at) => ({ id: `${at}`, at, channel: 'a' }));
    const [older = 0n, younger] = weights({ ...path(''), touches: aged });
    expect(older * 2n).toBe(younger);
    expect(modelOf(spec).spec).toEqual(spec);
  });

  it('makes a model of the same parameters once, and of another name another', () => {
    const parameters = { missing: 'next-stage' };
    const model = modelOf({ name: 'w-shaped', parameters });
    expect(modelOf({ name: 'w-shaped', parameters })).toBe(model);
    expect(modelOf({ name: 'full-path', parameters }).name).toBe('full-path');
    expect(modelOf({ name: 'w-shaped', parameters }).spec).toEqual(model.spec);
    expect(() => modelOf({ name: 'linear', parameters })).toThrow('has no such parameter');
  });

  it('every model says its parameters, and takes them', () => {
    for (const { name, parameters, make } of RULE_MODELS.filter((it) => !it.name.startsWith('custom'))) {
      expect(Object.keys(make({}).spec.parameters)).toEqual([...parameters]);
      expect(make({}).name).toBe(name);
    }
  });
});
