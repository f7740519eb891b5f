import { halfPower } from '../exact/half-power.ts';
import { days } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Time decay: w(i) = 2^(-a(i)/H), with a(i) the time from touch i to the youngest touch and H the half-life. Time before
 * the conversion cancels out, so the conversion's own instant does not matter. Continuous: no age is floored.
 *
 * Computed in whole numbers (see `halfPower`). A touch more than 128 half-lives older than the youngest weighs 0: of any
 * amount below 2^127 units its exact share is less than half a unit.
 *
 * Source: Google Ads and Adobe Analytics, with half-lives of 7 days.
 */
export const timeDecay = ruleModel({
  name: 'time-decay',
  title: 'Time decay',
  parameters: { halfLifeDays: days('7') },
  weights:
    ({ halfLifeDays }) =>
    ({ touches }) => {
      const youngest = touches.at(-1)?.at ?? 0;
      return touches.map(({ at }) => halfPower(BigInt(youngest) - BigInt(at), halfLifeDays));
    },
});
