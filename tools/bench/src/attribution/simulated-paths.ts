import type { PathRow } from '@throughline/attribution';

export interface Simulated {
  readonly journeys: number;
  readonly channels: number;
  readonly seed: number;
  /** touches on average; journeys end by chance, so that some are long */
  readonly touches?: number;
}

/**
 * Simulated journeys, one a row: few channels are common and most rare, the next touch leans to the neighbours of the
 * one before, one of five converts.
 */
export function* simulatedPaths({ journeys, channels, seed, touches = 4.5 }: Simulated): Generator<PathRow> {
  const random = uniform(seed);
  const names = Array.from({ length: channels }, (_, at) => `channel ${String(at).padStart(3, '0')}`);
  const any = () => Math.floor(channels * random() ** 2.5);
  for (let journey = 0; journey < journeys; journey++) {
    let at = any();
    const path = [names[at] as string];
    while (random() > 1 / touches) {
      at = random() < 0.5 ? any() : (at + Math.floor(random() * 4)) % channels;
      path.push(names[at] as string);
    }
    const converts = random() < 0.2;
    const value = converts ? BigInt(Math.floor(random() * 1e6)) * 10_000_000_000n : 0n;
    yield { channels: path, conversions: converts ? 1 : 0, losses: converts ? 0 : 1, value };
  }
}

/** As above, but each path once, with the journeys that took it. */
export function distinctPaths(paths: number, options: Omit<Simulated, 'journeys'>): PathRow[] {
  const found = new Map<string, PathRow>();
  for (const row of simulatedPaths({ ...options, journeys: Number.MAX_SAFE_INTEGER })) {
    const key = row.channels.join('>');
    const before = found.get(key);
    found.set(key, {
      channels: row.channels,
      conversions: row.conversions + (before?.conversions ?? 0),
      losses: row.losses + (before?.losses ?? 0),
      value: row.value + (before?.value ?? 0n),
    });
    if (found.size === paths) break;
  }
  return [...found.values()];
}

/** Mulberry32: the same journeys on every machine. */
function uniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
