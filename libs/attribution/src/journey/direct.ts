/**
 * Names that say a visit came from nowhere that is known: Google Analytics writes the source `(direct)` with the medium
 * `(none)` or `(not set)`. `(unknown)` is a touch of which nobody said the channel.
 */
const DIRECT: ReadonlySet<string> = new Set(['', 'direct', '(direct)', '(none)', 'none', '(not set)']);
const UNNAMED: ReadonlySet<string> = new Set(['', '(unknown)']);

const plain = (channel: string): string => channel.trim().toLowerCase();

/** Whether a channel is another way to write direct, in any case, spaces around it left out. */
export const isDirect = (channel: string): boolean => DIRECT.has(plain(channel));

/**
 * Which channels last non-direct credit passes over: those that are named, in any case; where direct is named, every way to
 * write it; and always a touch without a channel, which cannot be known to be other than direct.
 */
export function passedOver(exclude: readonly string[]): (channel: string) => boolean {
  const named = new Set(exclude.map(plain));
  const withDirect = exclude.some(isDirect);
  return (channel) =>
    named.has(plain(channel)) || UNNAMED.has(plain(channel)) || (withDirect && isDirect(channel));
}
