import { describe, it } from '@jest/globals';
import { specification } from '@throughline/decider/testing';
import type { SetRate } from './rate.commands.ts';
import { rateDecider } from './rate.decider.ts';
import type { RateEvent } from './rate.events.ts';

const given = specification(rateDecider);
const said = (day: string, rate: string) => ({ from: 'USD', to: 'EUR', day, rate, by: null });
const set = (day: string, rate: string): SetRate => ({ type: 'SetRate', data: said(day, rate) });
const wasSet = (day: string, rate: string): RateEvent => ({ type: 'RateSet', data: said(day, rate) });

describe('rates of a pair', () => {
  it('stand from a day on', () =>
    given([wasSet('2026-03-01', '0.92')])
      .when(set('2026-02-01', '0.92'))
      .then([wasSet('2026-02-01', '0.92')]));

  it('the same again is not said again', () =>
    given([wasSet('2026-03-01', '0.92')])
      .when(set('2026-03-01', '0.92'))
      .then([]));

  it('the last of a day stands, also where it is what stood before', () => {
    given([wasSet('2026-03-01', '0.92')])
      .when(set('2026-03-01', '0.93'))
      .then([wasSet('2026-03-01', '0.93')]);
    given([wasSet('2026-03-01', '0.92'), wasSet('2026-03-01', '0.93')])
      .when(set('2026-03-01', '0.92'))
      .then([wasSet('2026-03-01', '0.92')]);
  });

  it('what is said of a deal that has the name of a pair means nothing to it', () =>
    given([{ type: 'SaidOfDeal', data: {} }])
      .when(set('2026-03-01', '0.92'))
      .then([wasSet('2026-03-01', '0.92')]));
});
