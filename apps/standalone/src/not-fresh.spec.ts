import { expect, it } from '@jest/globals';
import { notFresh } from './not-fresh.ts';

const found = (checks: object) => ({ health: <T>() => Promise.resolve({ checks } as T) });

it('names what is not up to date, and why', async () => {
  const checks = {
    fine: { ok: true, detail: { failing: 'once' } },
    waiting: { ok: false, detail: { events: null, lagUnknown: 'version 1 is live' } },
    slow: { ok: false, detail: { events: 7, seconds: 61 } },
  };
  expect(await notFresh(found(checks))).toEqual(['waiting: version 1 is live', 'slow: behind']);
  expect(await notFresh(found({ fine: { ok: true } }))).toEqual([]);
});
