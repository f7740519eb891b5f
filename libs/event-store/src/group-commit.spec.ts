import { describe, expect, it } from '@jest/globals';
import { WrongVersion } from './event-store.error.ts';
import { GroupCommit } from './group-commit.ts';

const lockTimeout = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });

/** Items are `stream:name`; in company all wait in vain for a lock, and alone those of the stream `held` do. */
function groupThat(fails: unknown, together: unknown = lockTimeout) {
  const asked: string[] = [];
  const group = new GroupCommit<string, string>({
    streams: (item) => [item.split(':')[0] ?? ''],
    together: () => Promise.reject(together),
    alone: (item) => {
      asked.push(item);
      return item.startsWith('held') ? Promise.reject(fails) : Promise.resolve(item);
    },
  });
  return { group, asked };
}

describe('items that are done alone', () => {
  it('behind one that the database failed have waited as long, and fail with it; those of other streams do not', async () => {
    const { group, asked } = groupThat(lockTimeout);
    const answers = await Promise.allSettled(['held:1', 'held:2', 'free:1'].map((item) => group.add(item)));
    expect(answers).toMatchObject([{ reason: lockTimeout }, { reason: lockTimeout }, { value: 'free:1' }]);
    expect(asked).toEqual(['held:1', 'free:1']);
    await expect(group.add('held:3')).rejects.toBe(lockTimeout);
    expect(asked).toContain('held:3');
  });

  it.each(['40P01', '57014'])(
    'are those of a group that one of them stopped with %s, so the others are taken',
    async (code) => {
      const { group } = groupThat(lockTimeout, Object.assign(new Error('of one'), { code }));
      const answers = await Promise.allSettled(['held:1', 'free:1'].map((item) => group.add(item)));
      expect(answers).toMatchObject([{ reason: lockTimeout }, { value: 'free:1' }]);
    },
  );

  it('are each asked about where one was only refused', async () => {
    const wrong = new WrongVersion('held', 1, 2);
    const { group, asked } = groupThat(wrong);
    const answers = await Promise.allSettled(['held:1', 'held:2'].map((item) => group.add(item)));
    expect(answers).toMatchObject([{ reason: wrong }, { reason: wrong }]);
    expect(asked).toEqual(['held:1', 'held:2']);
  });
});
