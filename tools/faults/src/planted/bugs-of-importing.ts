import type { Bug } from './bug.ts';

const caughtBy = 'imports';

export const bugsOfImporting: readonly Bug[] = [
  {
    ...{ name: 'stray-quote-swallows', caughtBy },
    what: 'goes on behind the rows that it took for part of a badly quoted one',
    file: 'tools/cli/src/import/csv-records.ts',
    find: '  back();\n',
    replace: '  void back;\n',
  },
  {
    ...{ name: 'history-by-place', caughtBy },
    what: 'sends the history of an entity in the order of the mapping',
    file: 'tools/cli/src/import/command-order.ts',
    find: "compare(a.occurredAt ?? '', b.occurredAt ?? '') || byOrder(a, b) || byPlace(a, b)",
    replace: 'byPlace(a, b)',
  },
];
