import type { BenchContext } from '../bench.ts';
import type { Request } from '../load/exchange.ts';
import { load, saturate } from '../load/load.ts';
import type { Figures } from '../report.ts';
import { isLinux, residentMegabytes } from '../system/process.ts';
import { settled } from '../system/settled.ts';
import type { System } from '../system/system.ts';
import { Journal } from './journal.ts';

/** How many times what was held is offered. */
const TIMES = 20;
/**
 * The process of the door may never have more in memory than this: five services in one process have 270 MB when idle, and
 * of what is in hand the bodies alone may be 32 MB, which take several times as much as events.
 */
const CAP_MEGABYTES = 768;
const CATCH_UP_SECONDS = 180;

export interface Target {
  readonly name: string;
  readonly system: System;
  /** URL of the service whose door is overrun */
  readonly door: string;
  /** its process */
  readonly pid: number;
  request(label: string): (n: number) => Request;
  /** items in one request */
  readonly size: number;
  /** where what was taken must be found */
  readonly topic: string;
  /** whether it must be there once; where facts may go by way of the outbox, readers drop repeats by id */
  readonly once: boolean;
  /** called at a third and at two thirds of the time */
  readonly disturb?: (part: 'begin' | 'end') => void;
}

/** Finds what a door holds, offers 20 times that, then a normal load again, and reads the log for all that was taken. */
export async function attack(context: BenchContext, target: Target): Promise<void> {
  const { name, door: url, size } = target;
  const seconds = Math.max(3, 24 * context.scale);
  const calm = Math.max(2, 10 * context.scale);
  const say = (what: string) => context.report.progress(`${name}: ${what}`);

  say('what it holds');
  await saturate({ url, seconds: calm / 2, connections: 16, request: target.request('warm') });
  const held = await saturate({ url, seconds: calm / 2, connections: 16, request: target.request('held') });

  say(`${Math.round(held * size * TIMES)} items a second for ${seconds} s`);
  const journal = new Journal();
  const parts = (['begin', 'end'] as const).map((part, at) =>
    setTimeout(() => target.disturb?.(part), (seconds / 3) * (at + 1) * 1000),
  );
  context.onEnd(() => parts.forEach(clearTimeout));
  const overrun = await load({
    url,
    seconds,
    rate: held * TIMES,
    connections: 1_000,
    request: target.request('overrun'),
    answered: (_, answer) => journal.add(answer),
  });

  say('a normal load again');
  const began = performance.now();
  let lastRefused = began;
  const after = await load({
    url,
    seconds: calm,
    rate: held / 2,
    request: target.request('after'),
    answered(_, answer, intended) {
      if (!journal.add(answer)) lastRefused = Math.max(lastRefused, intended);
    },
  });

  say('waiting until everything was read');
  const caughtUp = await settled(target.system.client, CATCH_UP_SECONDS);
  say('looking for everything taken in the log');
  const { missing, repeated } = await journal.compareWith(target.system, target.topic);
  const memory: Figures = isLinux
    ? { 'peak resident': { value: residentMegabytes(target.pid).peak, unit: 'MB', atMost: CAP_MEGABYTES } }
    : {};
  context.measure(name, {
    held: { value: held * size, unit: 'items/s' },
    'offered, times that': { value: overrun.startedPerSecond / held, atLeast: TIMES * 0.9 },
    'taken during the overload': { value: overrun.okPerSecond * size, unit: 'items/s' },
    'requests turned away (429, 503)': journal.turnedAway,
    'turned away without Retry-After': { value: journal.withoutRetryAfter, atMost: 0 },
    'answered anything else': { value: journal.unforeseen, atMost: 0 },
    'no answer within 10 s': { value: journal.timedOut, atMost: 0 },
    'no answer, connection ended': { value: journal.cutOff, atMost: 0 },
    'items taken': journal.taken,
    'taken, and not in the log': { value: missing, atMost: 0 },
    'taken, and in the log more than once': target.once ? { value: repeated, atMost: 0 } : repeated,
    'crashed, 1 for yes': { value: isAlive(target.pid) ? 0 : 1, atMost: 0 },
    ...memory,
    'every normal request taken after': { value: (lastRefused - began) / 1000, unit: 's', atMost: 5 },
    'normal load, p95': { value: after.latency.p95, unit: 'ms' },
    'everything read after': { value: caughtUp, unit: 's' },
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
