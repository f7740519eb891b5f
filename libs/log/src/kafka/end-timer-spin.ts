import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
}

interface RequestQueueClass {
  readonly prototype: RequestQueue & { scheduleCheckPendingRequests(this: RequestQueue): void };
}

let ended = false;

/**
 * kafkajs 2.2.4 re-arms a timer on every connection for ever, also when nothing waits to be sent (tulios/kafkajs
 * #1704, #1751): 200 to 580 timers a second, and negative time-outs that Node 24 warns of. With nothing pending
 * there is nothing to check, so the timer is not armed; a request that has to wait arms it again (`push`).
 */
export function endTimerSpin(): void {
  if (ended) return;
  ended = true;
  const queue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as RequestQueueClass;
  const schedule = queue.prototype.scheduleCheckPendingRequests;
  queue.prototype.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) schedule.call(this);
  };
}
