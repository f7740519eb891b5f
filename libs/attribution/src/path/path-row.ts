import { AttributionError } from '../attribution.error.ts';

/** Journeys that went the same way: what every path model is counted from. */
export interface PathRow {
  /** names, oldest touch first; none where nobody touched, which is unattributed */
  readonly channels: readonly string[];
  /** journeys of this path that converted */
  readonly conversions: number;
  /** of all its conversions together, in whole units of the caller's choice: 1e-12, or cents */
  readonly value: bigint;
  /** journeys of this path that were lost; open ones are in neither */
  readonly losses: number;
}

/** Touches a path may have, and channels there may be. */
export const LONGEST_PATH = 65_535;
/** What the value of a row must stay under, in its units. */
export const MOST_VALUE = 1n << 92n;

/** @throws AttributionError naming the field, on what is no path row */
export function checkRow({ channels, conversions, value, losses }: PathRow): void {
  checkCount('conversions', conversions);
  checkCount('losses', losses);
  if (value !== 0n) checkValue(value, conversions);
  if (channels.length > LONGEST_PATH)
    throw new AttributionError(
      'bad-row',
      'channels',
      `The path has ${channels.length} touches.`,
      `Keep its last ${LONGEST_PATH}.`,
    );
  if (channels.includes(''))
    throw new AttributionError(
      'bad-row',
      'channels',
      'A touch has no channel.',
      'Name it, such as "unknown".',
    );
}

function checkCount(field: 'conversions' | 'losses', count: number): void {
  if (Number.isSafeInteger(count) && count >= 0) return;
  const remedy = 'Give a whole number of journeys, 0 or more.';
  throw new AttributionError('bad-row', field, `${field} is ${count}.`, remedy);
}

function checkValue(value: bigint, conversions: number): void {
  if (value < 0n)
    throw new AttributionError('negative-amount', 'value', 'value is negative.', 'Give 0 or more.');
  if (value >= MOST_VALUE)
    throw new AttributionError('bad-row', 'value', 'value is 2^92 units or more.', 'Count in larger units.');
  if (conversions > 0) return;
  const remedy = 'Give the conversions it comes from, or a value of 0.';
  throw new AttributionError('bad-row', 'value', 'There is a value where nothing converted.', remedy);
}
