/** The version a writer expects a stream to have; a number is exact. `no-stream` and 0 are the same. */
export type Expected = number | 'no-stream' | 'exists' | 'any';

export function meets(expected: Expected, version: number): boolean {
  switch (expected) {
    case 'any':
      return true;
    case 'exists':
      return version > 0;
    case 'no-stream':
      return version === 0;
    default:
      return version === expected;
  }
}
