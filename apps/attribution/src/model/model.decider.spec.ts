import { describe, expect, it } from '@jest/globals';
import { specification } from '@throughline/decider/testing';
import { modelDecider } from './model.decider.ts';
import type { DefineModel, ModelSettings } from './model.commands.ts';
import type { ModelEvent } from './model.events.ts';
import { standardModels } from './standard-models.table.ts';

const given = specification(modelDecider('2026-03-01T00:00:00.000Z'));
const settings: ModelSettings = {
  ...{ title: 'Decay', rule: 'time-decay', parameters: { halfLifeDays: '7' }, scope: 'account' },
  ...{ exposures: false, windowDays: 90, mostRecent: 500, severalConversions: 'reuse', inForceFrom: null },
};
const define = (changes: Partial<ModelSettings> = {}): DefineModel => ({
  type: 'DefineModel',
  data: { ...settings, ...changes },
});
const defined = (version: number, changes: Partial<ModelSettings> = {}): ModelEvent => ({
  type: 'ModelDefined',
  data: { ...settings, ...changes, version },
});
const april = { windowDays: 30, inForceFrom: '2026-04-01T00:00:00.000Z' };

describe('versions of a model (I9)', () => {
  it('the first is in force for every deal', () =>
    given([])
      .when(define())
      .then([defined(1)]));

  it('a later one is in force from an instant on', () =>
    given([defined(1)])
      .when(define(april))
      .then([defined(2, april)]));

  it('the same again changes nothing', () =>
    given([defined(1)])
      .when(define())
      .then([]));

  it('is refused without that instant, from the past, or from before another', () => {
    given([defined(1)])
      .when(define({ windowDays: 30 }))
      .refused('in-force-from-missing');
    const past = { windowDays: 30, inForceFrom: '2026-02-28T23:59:59.999Z' };
    given([defined(1)])
      .when(define(past))
      .refused('in-force-from-past');
    given([defined(1), defined(2, april)])
      .when(define({ ...april, windowDays: 10 }))
      .refused('in-force-before-another');
  });

  it('one that comes with the service is left as it is', () =>
    given([defined(1)])
      .when({ type: 'ShipModel', data: settings })
      .then([]));

  it('what is said of a deal that has the id of a model means nothing to it', () =>
    given([{ type: 'SaidOfDeal', data: {} }])
      .when(define())
      .then([defined(1)]));

  it('every rule that needs no choice comes with a model', () => {
    expect(standardModels.map(({ model }) => model)).toEqual([
      ...['first', 'last', 'last-non-direct', 'linear', 'linear-by-channel', 'position-based', 'j-shaped'],
      ...['inverse-j-shaped', 'time-decay', 'u-shaped-50-50', 'u-shaped-40-40-20', 'w-shaped', 'full-path'],
    ]);
  });
});
