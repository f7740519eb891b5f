/** One figure: where it stands in the expected object, and both values. */
export interface Difference {
  readonly path: string;
  readonly expected: unknown;
  readonly answered: unknown;
}

export interface Comparison {
  readonly equal: number;
  readonly different: readonly Difference[];
  /** figures that are expected and that nobody answers on purpose, with the reason */
  readonly notCompared: readonly { readonly path: string; readonly reason: string }[];
}

/** Compares every leaf of `expected` with `answered`, and every leaf that only `answered` has. */
export function compare(
  expected: unknown,
  answered: unknown,
  reasons: Readonly<Record<string, string>> = {},
): Comparison {
  const mine = leaves(expected);
  const theirs = leaves(answered);
  const paths = [...new Set([...mine.keys(), ...theirs.keys()])];
  const notCompared = paths.flatMap((path) =>
    reasons[path] === undefined ? [] : [{ path, reason: reasons[path] }],
  );
  const compared = paths.filter((path) => reasons[path] === undefined);
  const different = compared
    .filter((path) => mine.get(path) !== theirs.get(path))
    .map((path) => ({ path, expected: mine.get(path), answered: theirs.get(path) }));
  return { equal: compared.length - different.length, different, notCompared };
}

function leaves(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, below]) => [...leaves(below, path === '' ? key : `${path}.${key}`)]),
  );
}
