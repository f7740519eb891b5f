import type { PathReport } from './path-report.ts';
import type { Amount } from './weights.ts';

/** How far models differ over a channel. */
export interface ChannelSpread {
  readonly channel: string;
  readonly least: Amount;
  readonly most: Amount;
  /** most less least */
  readonly spread: Amount;
}

/** @param reports of the same counters under different models */
export function spreadOf(reports: readonly PathReport[]): ChannelSpread[] {
  return (reports[0]?.credits ?? []).map(({ channel }, at) => {
    const credits = reports.flatMap((report) => report.credits[at] ?? []);
    const end = (pick: (a: bigint, b: bigint) => bigint): Amount => ({
      conversions: credits.map((credit) => credit.conversions).reduce(pick),
      value: credits.map((credit) => credit.value).reduce(pick),
    });
    const least = end((a, b) => (a < b ? a : b));
    const most = end((a, b) => (a > b ? a : b));
    const spread = { conversions: most.conversions - least.conversions, value: most.value - least.value };
    return { channel, least, most, spread };
  });
}
