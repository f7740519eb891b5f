import type { Bug } from './bug.ts';

const caughtBy = 'older store';

/** Where a store is held against its log, and the log against its readers. */
export const bugsOfRestoring: readonly Bug[] = [
  {
    ...{ name: 'older-store-decides', caughtBy },
    what: 'takes decisions although its store is older than the log',
    file: 'libs/event-store/src/log-check/standing.ts',
    find: "if (said === null || standing.kind === 'not-compared') return null;",
    replace: "if (said === null || standing.kind !== 'log-behind') return null;",
  },
  {
    ...{ name: 'append-ignores-the-clock', caughtBy },
    what: 'appends to a store that was put back since it was last compared',
    file: 'libs/event-store/src/command-handler.ts',
    find: 'seen: this.#clock.seen,',
    replace: 'seen: 0,',
  },
  {
    ...{ name: 'heads-forgotten', caughtBy },
    what: 'does not note what the log has',
    file: 'libs/event-store/src/log-check/compare-batch.ts',
    find: 'if (heads.size > 0) await',
    replace: 'if (heads.size < 0) await',
  },
  {
    ...{ name: 'restores-without-keys', caughtBy },
    what: 'takes events back without the commands that they are of',
    file: 'libs/event-store/src/log-check/claim.ts',
    find: 'record.headers[COMMAND_HASH] ?? UNKNOWN_HASH;',
    replace: 'UNKNOWN_HASH;',
  },
  {
    ...{ name: 'verify-skips-what-is-behind', caughtBy: 'foreign records' },
    what: 'takes a log that was not read whole for proven',
    file: 'libs/projection/src/coverage.ts',
    find: 'const behind = high > next ? high - next : 0n;',
    replace: 'const behind = high > next ? 0n : 0n;',
  },
];
