/** What taking events back from the log did, or would do in a dry run. */
export interface Restored {
  readonly dryRun: boolean;
  /** records read of the service's topics */
  readonly read: number;
  /** events taken back, and of how many streams */
  readonly events: number;
  readonly streams: number;
  /** the first of them */
  readonly first: readonly RestoredEvent[];
  /** events of the store that were put aside, as the log has others */
  readonly displaced: readonly RestoredEvent[];
  /** events of streams that the log lacked, put into the outbox again (`acceptLog`) */
  readonly reemitted: number;
  /** streams that stay as they are, each with the reason; the first thousand */
  readonly refused: readonly RefusedStream[];
  readonly refusedStreams: number;
}

export interface RestoredEvent {
  readonly stream: string;
  readonly version: number;
  readonly name: string;
  readonly eventId: string;
}

export interface RefusedStream {
  readonly stream: string;
  readonly version: number;
  readonly reason: string;
  readonly remedy: string;
}

export interface RestoreProgress {
  readonly eventsDone: number;
  readonly eventsTotal: number;
}

export interface RestoreOptions {
  /** only says what would be done */
  readonly dryRun?: boolean;
  /** where the log has other events than the store: those of the log are taken, those of the store put aside */
  readonly replace?: boolean;
  /** the log is older than the store: compares with the log as it is, and sends it what it lacks */
  readonly acceptLog?: boolean;
  readonly onProgress?: (progress: RestoreProgress) => void;
}

export const MOST_LISTED = 1_000;

export const refusals = {
  gap: (stream: string, version: number, head: number): RefusedStream => ({
    ...{ stream, version },
    reason: `the log has version ${version} of it, but neither the store nor the log has version ${head + 1}`,
    remedy: 'Bring back a store that has it, or a log that does. Nothing of the stream was changed.',
  }),
  differs: (stream: string, version: number, logged: string, stored: string): RefusedStream => ({
    ...{ stream, version },
    reason: `the log has event ${logged} as version ${version}, the store has ${stored}`,
    remedy:
      'Readers have applied that of the log. With --replace it is taken, and what the store has from there on is put ' +
      'aside in its table displaced_event, to be decided anew. Without, nothing of the stream was changed.',
  }),
  taken: (stream: string, version: number, other: string): RefusedStream => ({
    ...{ stream, version },
    reason: `the store has the event of version ${version}, or another of the same command, at ${other}`,
    remedy: `Restore ${other} first, with --replace where it differs from the log; then run this again.`,
  }),
} as const;
