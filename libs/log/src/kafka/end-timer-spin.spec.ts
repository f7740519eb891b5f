import { describe, expect, it } from '@jest/globals';
import { createRequire } from 'node:module';
import { endTimerSpin } from './end-timer-spin.ts';

type Queue = new (options: object) => {
  pending: unknown[];
  checkPendingRequests(): void;
  throttleCheckTimeoutId: unknown;
  destroy(): void;
};

describe("the patch of kafkajs' request queue", () => {
  endTimerSpin();
  const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as Queue;
  const queue = () => new RequestQueue({ maxInFlightRequests: 0, logger: { debug: () => undefined } });

  it('arms no timer when nothing is pending', () => {
    const idle = queue();
    idle.checkPendingRequests();
    expect(idle.throttleCheckTimeoutId).toBeNull();
  });

  it('arms it when a request has to wait', () => {
    const busy = queue();
    busy.pending.push({});
    busy.checkPendingRequests();
    expect(busy.throttleCheckTimeoutId).not.toBeNull();
    busy.destroy();
  });
});
