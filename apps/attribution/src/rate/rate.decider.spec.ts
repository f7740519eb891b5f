import { describe, expect, it } from '@jest/globals';
import { specification } from '@throughline/decider/testing';
import type { RateCommand } from './rate.commands.ts';
import { rateDecider } from './rate.decider.ts';
import type { RateEvent } from './rate.events.ts';

const given = specification(rateDecider);
const said = (day: string, rate: string) => ({ from: 'USD', to: 'EUR', day, rate, by: null });
const set = (day: string, rate: string): RateCommand => ({ type: 'SetRate', data: said(day, rate) });
const wasSet = (day: string, rate: string): RateEvent => ({ type: 'RateSet', data: said(day, rate) });
const back = (day: string) => ({ from: 'USD' as const, to: 'EUR' as const, day, by: 'member-1' });
const withdraw = (day: string): RateCommand => ({ type: 'WithdrawRate', data: back(day) });
const wasWithdrawn = (day: string): RateEvent => ({ type: 'RateWithdrawn', data: back(day) });

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

  it('are taken back by day, once, and may be set again, also to what they were', () => {
    given([wasSet('2026-03-01', '9.2'), wasSet('2026-03-02', '0.9')])
      .when(withdraw('2026-03-01'))
      .then([wasWithdrawn('2026-03-01')]);
    given([wasSet('2026-03-01', '9.2'), wasWithdrawn('2026-03-01')])
      .when(withdraw('2026-03-01'))
      .then([]);
    given([wasSet('2026-03-01', '9.2'), wasWithdrawn('2026-03-01')])
      .when(set('2026-03-01', '9.2'))
      .then([wasSet('2026-03-01', '9.2')]);
  });

  it('where none is set for a day, there is nothing to take back', () =>
    given([wasSet('2026-03-01', '0.92')])
      .when(withdraw('2026-03-02'))
      .then([]));

  it('cost the same for each day, however many there were: what was said before is not copied', () => {
    const before = rateDecider.evolve(null, wasSet('2026-03-01', '0.92'));
    expect(rateDecider.evolve(before, wasSet('2026-03-02', '0.93'))?.before).toBe(before);
  });
});
