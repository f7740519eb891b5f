import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { bugs, plant } from './bugs.ts';
import { bugsOfRestoring } from './bugs-of-restoring.ts';
import { hear } from './command.ts';

const ROOT = new URL('../../../../', import.meta.url);

describe('the judge is judged', () => {
  it.each(bugs.map((bug) => [bug.name, bug] as const))('%s can still be planted', (_, bug) => {
    expect(plant(readFileSync(new URL(bug.file, ROOT), 'utf8'), bug)).toContain(bug.replace);
  });

  const restoring = bugsOfRestoring.map(({ name }) => name);
  it.each([
    ...['event-id-drawn', 'digest-without-a-column', 'position-read-once', 'any-topic-read'],
    ...restoring,
    ...['stray-quote-swallows', 'history-by-place', 'credit-cuts-milestones'],
  ])(
    '%s is caught',
    async (name) => {
      const bug = bugs.find((it) => it.name === name);
      expect(bug && (await hear(bug, 60))).toMatchObject({ caught: true });
    },
    120_000,
  );
});
