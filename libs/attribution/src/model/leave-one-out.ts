import { fraction, plus, sum, times, ZERO, type Fraction } from '../exact/fraction.ts';
import type { PathRow } from '../path/path-row.ts';

export interface LeaveOneOutCredit {
  readonly channel: string;
  readonly conversions: Fraction;
}

/**
 * Fractribution's data-driven credit (Google, 2021), to compare with: each touch of a path has max(0, p(path) -
 * p(path without it)), p the conversion rate of the journeys of exactly that path, 0 where there are none; the last
 * touch has all where every one is 0. Called Shapley there, which it is not: one coalition a touch is looked at.
 * @returns exact credit, sorted by channel; the conversions of empty paths are in none
 */
export function leaveOneOut(rows: Iterable<PathRow>): LeaveOneOutCredit[] {
  const paths = new Map<string, { channels: readonly string[]; conversions: number; journeys: number }>();
  for (const { channels, conversions, losses } of rows) {
    const key = JSON.stringify(channels);
    const path = paths.get(key) ?? { channels, conversions: 0, journeys: 0 };
    path.conversions += conversions;
    path.journeys += conversions + losses;
    paths.set(key, path);
  }
  const rate = (channels: readonly string[]): Fraction => {
    const path = paths.get(JSON.stringify(channels));
    return path && path.journeys > 0 ? fraction(BigInt(path.conversions), BigInt(path.journeys)) : ZERO;
  };
  const credit = new Map<string, Fraction>();
  for (const { channels, conversions } of paths.values()) {
    const whole = rate(channels);
    const lacks = channels.map((_, at) => positive(whole, rate(channels.toSpliced(at, 1))));
    const all = sum(lacks);
    for (const [at, channel] of channels.entries()) {
      const lack = lacks[at] ?? ZERO;
      const isLast = at === channels.length - 1;
      const share = all.over > 0n ? times(lack, fraction(all.under, all.over)) : fraction(isLast ? 1n : 0n);
      const earned = times(share, fraction(BigInt(conversions)));
      credit.set(channel, plus(credit.get(channel) ?? ZERO, earned));
    }
  }
  return [...credit]
    .map(([channel, conversions]) => ({ channel, conversions }))
    .sort((a, b) => (a.channel < b.channel ? -1 : 1));
}

/** a less b, 0 where that is negative. */
function positive(a: Fraction, b: Fraction): Fraction {
  const less = plus(a, { over: -b.over, under: b.under });
  return less.over > 0n ? less : ZERO;
}
