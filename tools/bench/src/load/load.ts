import { Agent } from 'node:http';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { exchange, isOk, type Answer, type Request } from './exchange.ts';

export interface LoadOptions {
  readonly url: string;
  /** requests a second */
  readonly rate: number;
  readonly seconds: number;
  /** the nth request, from 0 */
  request(n: number): Request;
  /** kept alive; 64 unless told. A request that finds none free waits, and its waiting counts. */
  readonly connections?: number;
  /** 10,000 unless told */
  readonly timeoutMs?: number;
  /** each answer as it comes, with the instant (of performance.now) at which its request was to start */
  answered?(n: number, answer: Answer, intended: number): void;
}

export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

export interface LoadResult {
  readonly requests: number;
  /** requests a second that really left the driver */
  readonly startedPerSecond: number;
  /** of 2xx, from the first intended start to the last answer */
  readonly okPerSecond: number;
  /** how often each status came; 'timeout' and codes such as 'ECONNRESET' among them */
  readonly statuses: Readonly<Record<string, number>>;
  /** milliseconds of every request, from its intended start; one timed out counts with the time-out */
  readonly latency: Percentiles;
  /** the same of 2xx alone */
  readonly okLatency: Percentiles;
  /** how late the driver itself was to start a request, in milliseconds: where this is great, the driver is measured */
  readonly startedLate: Percentiles;
}

/**
 * Open-loop load: request n starts at n/rate seconds whatever became of those before it, and its latency counts from
 * that intended instant, so that a stall of the service is charged to every request that should have been sent during
 * it (Tene, coordinated omission, 2013).
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { url, rate, seconds, connections = 64, timeoutMs = 10_000 } = options;
  const base = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const [all, ok, late] = [createHistogram(), createHistogram(), createHistogram()];
  const statuses: Record<string, number> = {};
  const inFlight = new Set<Promise<void>>();
  const requests = Math.max(1, Math.round(rate * seconds));
  const started = performance.now();

  const send = async (n: number, intended: number) => {
    record(late, performance.now() - intended);
    const answer = await exchange(agent, base, options.request(n), timeoutMs);
    const took = performance.now() - intended;
    record(all, took);
    if (isOk(answer.status)) record(ok, took);
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
    options.answered?.(n, answer, intended);
  };

  for (let n = 0; n < requests;) {
    const due = Math.min(requests, Math.floor(((performance.now() - started) / 1000) * rate) + 1);
    for (; n < due; n++) {
      const one = send(n, started + (n / rate) * 1000).finally(() => inFlight.delete(one));
      inFlight.add(one);
    }
    await pause(1);
  }
  const startedPerSecond = requests / Math.max(seconds, (performance.now() - started) / 1000);
  await Promise.all(inFlight);
  agent.destroy();
  return {
    requests,
    startedPerSecond,
    okPerSecond: ok.count / ((performance.now() - started) / 1000),
    statuses,
    latency: percentiles(all),
    okLatency: percentiles(ok),
    startedLate: percentiles(late),
  };
}

/** Requests a second that a service answers with 2xx to `connections` callers who each wait for their answer. */
export async function saturate(
  options: Pick<LoadOptions, 'url' | 'seconds' | 'request' | 'connections' | 'timeoutMs'>,
): Promise<number> {
  const { url, seconds, connections = 64, timeoutMs = 10_000 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const base = new URL(url);
  const started = performance.now();
  const until = started + seconds * 1000;
  let [next, ok] = [0, 0];
  const caller = async () => {
    while (performance.now() < until) {
      const { status } = await exchange(agent, base, options.request(next++), timeoutMs);
      if (isOk(status)) ok++;
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  agent.destroy();
  return ok / ((performance.now() - started) / 1000);
}

export function record(histogram: RecordableHistogram, milliseconds: number): void {
  histogram.record(Math.max(1, Math.round(milliseconds * 1000)));
}

/** Milliseconds, of a histogram in microseconds; 0 where it holds nothing. */
export function percentiles(histogram: RecordableHistogram): Percentiles {
  const at = (percentile: number) => (histogram.count === 0 ? 0 : histogram.percentile(percentile) / 1000);
  return { p50: at(50), p95: at(95), p99: at(99), p999: at(99.9), max: at(100) };
}
