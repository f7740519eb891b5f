/** A failure that its message explains to the user: printed without a stack, exit code 1. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
