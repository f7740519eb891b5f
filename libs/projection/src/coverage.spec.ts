import { describe, expect, it } from '@jest/globals';
import type { PartitionAccount } from './accounting.ts';
import { coverage } from './coverage.ts';

const place = { topic: 'journey.leads', partition: 0 };
const mark = { ...place, low: 0n, high: 10n, end: 10n };
const account: PartitionAccount = {
  ...place,
  ...{ accepted: 10, applied: 7, duplicates: 2, conflicts: 1, parked: 1, discarded: 0 },
  ...{ unreadable: 0, unreadableDiscarded: 0, transaction: 0, balanced: true },
};
const at = (next: bigint) => [{ ...place, next }];
const only = (...given: Parameters<typeof coverage>) => coverage(...given)[0];
const none = new Map<string, string>();

describe('the coverage of a partition', () => {
  it('F2 is complete where every record is applied, a duplicate or parked', () => {
    expect(only([account], at(10n), [mark], none)).toMatchObject({ complete: true, behind: 0n, held: 0n });
  });

  it.each([
    ['records behind the position', account, at(8n), mark, { behind: 2n }],
    ['a partition that was never read', undefined, [], mark, { behind: 10n, accepted: 0 }],
    ['records held by an open transaction', account, at(10n), { ...mark, end: 14n }, { held: 4n }],
    ['a log whose first records were deleted', account, at(10n), { ...mark, low: 3n }, { low: 3n }],
    ['unreadable batches', { ...account, applied: 4, unreadable: 3 }, at(10n), mark, { unreadable: 3 }],
    [
      'unreadable batches of which some were given up',
      { ...account, applied: 4, unreadable: 3, unreadableDiscarded: 2 },
      ...[at(10n), mark, { unreadableDiscarded: 2 }],
    ],
    ['rows that do not add up', { ...account, applied: 6, balanced: false }, at(10n), mark, {}],
  ] as const)('F2 is not complete with %s', (_, own, vector, marked, found) => {
    expect(only(own === undefined ? [] : [own], [...vector], [marked], none)).toMatchObject({
      ...found,
      complete: false,
    });
  });

  it('F2 is complete where an operator gave up what is unreadable, and offsets hold no record', () => {
    const given = { ...account, accepted: 8, applied: 4, unreadable: 1, unreadableDiscarded: 1 };
    expect(only([{ ...given, transaction: 2 }], at(10n), [mark], none)).toMatchObject({ complete: true });
  });

  it('F2 names why a partition does not go on', () => {
    const halted = new Map([['journey.leads/0', 'halts at offset 8']]);
    expect(only([account], at(8n), [mark], halted)).toMatchObject({ halted: 'halts at offset 8' });
  });

  it('F2 counts an empty partition as read', () => {
    expect(only([], [], [{ ...mark, high: 0n, end: 0n }], none)).toMatchObject({ complete: true });
  });
});
