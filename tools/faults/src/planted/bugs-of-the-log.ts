import type { Bug } from './bug.ts';

/** In the log's adapters. */
export const bugsOfTheLog: readonly Bug[] = [
  {
    name: 'position-read-once',
    what: 'goes back after a failure to the position it had at its start',
    file: 'libs/log/src/partition-loop.ts',
    find: 'const position = await this.position();',
    replace: 'const position = ((this as { kept?: Position }).kept ??= await this.position());',
    caughtBy: 'log contract',
  },
  {
    name: 'fingerprint-ignored',
    what: 'goes on in a topic that was deleted and made anew',
    file: 'libs/log/src/partition-loop.ts',
    find: 'fingerprint(record) === position.fingerprint',
    replace: 'fingerprint(record) !== null',
    caughtBy: 'log contract',
  },
  {
    name: 'jumps-over-deleted-records',
    what: 'starts at the first record kept where its own are gone',
    file: 'libs/log/src/partition-loop.ts',
    find: 'if (next < mark.low) {',
    replace: 'if (next < mark.low) return { next: mark.low, fingerprint: null };\n    if (next < 0n) {',
    caughtBy: 'log contract',
  },
  {
    name: 'offsets-by-sequence',
    what: 'hands out offsets as a sequence does, with holes',
    file: 'libs/log/migrations/0001-log.sql',
    find: 'set next = h.next + c.records',
    replace: 'set next = h.next + c.records + 1',
    caughtBy: 'log contract',
  },
  {
    name: 'log-reorders-a-key',
    what: 'stores the records of one send from the last to the first',
    file: 'libs/log/migrations/0001-log.sql',
    find: 'partition by r.partition order by r.line)',
    replace: 'partition by r.partition order by r.line desc)',
    caughtBy: 'log contract',
  },
  {
    name: 'keeps-its-producer',
    what: 'goes on with a producer whose send failed',
    file: 'libs/log/src/kafka/topic-sender.ts',
    find: 'this.producer.discard();',
    replace: 'void 0;',
    caughtBy: 'log contract',
  },
];
