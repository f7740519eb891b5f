import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normalise, readPathSteps, type PathStep } from './path-step.ts';

const path = (channels: string) => [...channels].map((channel) => ({ channel }));
const after = (channels: string, ...steps: PathStep[]) =>
  normalise(path(channels), steps)
    .map(({ channel }) => channel)
    .join('');

const step: fc.Arbitrary<PathStep> = fc.oneof(
  fc
    .constantFrom('identity', 'collapse-repeats', 'first-occurrence', 'frequency-tagged')
    .map((plain): PathStep => ({ step: plain })),
  fc
    .tuple(fc.constantFrom('exclude', 'exclude-trailing'), fc.subarray(['A', 'B', 'C'], { minLength: 1 }))
    .map(([excluding, channels]): PathStep => ({ step: excluding, channels })),
  fc.integer({ min: 1, max: 4 }).map((touches): PathStep => ({ step: 'keep-last', touches })),
);

describe('path steps, on the example of Snowplow Attribution', () => {
  it('normalise', () => {
    const channels = 'DABBCDCC';
    expect(after(channels, { step: 'identity' })).toBe('DABBCDCC');
    expect(after(channels, { step: 'collapse-repeats' })).toBe('DABCDC');
    expect(after(channels, { step: 'first-occurrence' })).toBe('DABC');
    expect(after(channels, { step: 'frequency-tagged' })).toBe('D(2)A(1)B(2)C(3)');
    expect(after(channels, { step: 'keep-last', touches: 3 })).toBe('DCC');
  });

  it('exclude channels, anywhere or at the end, unless the whole path is that', () => {
    expect(after('ABAA', { step: 'exclude', channels: ['A'] })).toBe('B');
    expect(after('ABAA', { step: 'exclude-trailing', channels: ['A'] })).toBe('AB');
    expect(after('ABAC', { step: 'exclude-trailing', channels: ['A', 'C'] })).toBe('AB');
    expect(after('AAA', { step: 'exclude', channels: ['A'] })).toBe('AAA');
    expect(after('AAA', { step: 'exclude-trailing', channels: ['A', 'B'] })).toBe('AAA');
  });

  it('go one after the other', () => {
    const collapse: PathStep = { step: 'collapse-repeats' };
    const exclude: PathStep = { step: 'exclude', channels: ['B'] };
    expect(after('ABA', exclude, collapse)).toBe('A');
    expect(after('ABA', collapse, exclude)).toBe('AA');
  });

  it('never empty a path', () => {
    const channels = fc.array(fc.constantFrom('A', 'B', 'C'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(channels, fc.array(step, { maxLength: 4 }), (all, steps) => {
        expect(normalise(path(all.join('')), steps).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('path steps from a configuration', () => {
  it('are read as written', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        expect(readPathSteps(JSON.parse(JSON.stringify(steps)))).toEqual(steps);
      }),
    );
  });

  it.each([
    ['identity', 'path'],
    [[{ step: 'dedupe' }], 'path[0].step'],
    [['identity'], 'path[0].step'],
    [[{ step: 'identity' }, { step: 'exclude' }], 'path[1].channels'],
    [[{ step: 'exclude', channels: [] }], 'path[0].channels'],
    [[{ step: 'exclude', channels: ['a', 1] }], 'path[0].channels'],
    [[{ step: 'keep-last', touches: 0 }], 'path[0].touches'],
    [[{ step: 'keep-last', touches: '3' }], 'path[0].touches'],
  ])('%j is refused at %s', (given, field) => {
    expect(() => readPathSteps(given)).toThrow(expect.objectContaining({ code: 'bad-parameter', field }));
  });

  it('with a field too many are refused', () => {
    const given = [{ step: 'identity', touches: 3 }];
    const refusal = expect.objectContaining({ code: 'unknown-parameter', field: 'path[0].touches' });
    expect(() => readPathSteps(given)).toThrow(refusal);
  });
});
