import { describe, expect, it } from '@jest/globals';
import { CommitUnknown } from '@throughline/postgres';
import { problemOf } from './problem.ts';

describe('a problem', () => {
  it('I1 of a write whose answer was lost says that its outcome is not known, and how to learn it safely', () => {
    const lost = Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
    const named = Object.assign(new Error('time-out'), { name: 'LogUnavailable' });
    for (const error of [lost, new CommitUnknown(lost), named]) {
      const { status, detail, remedy } = problemOf(error);
      expect(status).toBe(503);
      expect(detail).toMatch(/is not known/);
      expect(detail).not.toMatch(/nothing/);
      expect(remedy).toMatch(/same Idempotency-Key/);
    }
  });

  it('of what was turned away before anything was done says that nothing was accepted', () => {
    for (const name of ['StreamBusy', 'StoreOverloaded', 'DoorFull'])
      expect(problemOf(Object.assign(new Error(), { name }))).toMatchObject({
        status: 503,
        detail: expect.stringMatching(/nothing/),
      });
  });
});
