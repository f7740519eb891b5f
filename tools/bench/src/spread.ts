export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** The middle of an even number of values is the mean of the two in the middle. @throws on no values */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('A spread needs at least one value.');
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number) => sorted[index] as number;
  const middle = (sorted.length - 1) / 2;
  return {
    min: at(0),
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    max: at(sorted.length - 1),
  };
}
