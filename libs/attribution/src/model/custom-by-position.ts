import { checkWeights, weight, weights } from './parameter.ts';
import { ruleModel } from './rule-model.ts';

/**
 * Custom by position: w(i) = start[i] + end[n+1-i], and `rest` in equal parts on the touches that have neither. On a path
 * too short for all of them a touch adds up what it holds, and what nobody holds is left out of the sum. A path on which
 * no place weighs anything is dealt out in equal parts.
 *
 * Source: Adobe Analytics, "custom" (starter, player, closer), for more than one place at either end.
 */
export const customByPosition = ruleModel({
  name: 'custom-by-position',
  title: 'Custom by position',
  parameters: { start: weights([]), rest: weight('0'), end: weights([]) },
  weights: ({ start, rest, end }) => {
    checkWeights('start, rest, end', [...start, rest, ...end]);
    return ({ touches: { length } }) => {
      const between = Math.max(0, length - start.length - end.length);
      const parts = BigInt(between || 1);
      const all = Array.from({ length }, (_, i) => {
        const fromEnd = length - 1 - i;
        if (i >= start.length && fromEnd >= end.length) return rest;
        return ((start[i] ?? 0n) + (end[fromEnd] ?? 0n)) * parts;
      });
      return all.some((one) => one > 0n) ? all : all.map(() => 1n);
    };
  },
});
