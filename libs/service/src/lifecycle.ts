import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

type Stop = () => Promise<void>;

/**
 * What to stop, in order, once the last request has been answered: first everything that consumes or relays
 * (`consumer`), then what those needed (`pool`: logs, databases, telemetry). Within one kind all stop at once.
 * One that fails to stop does not keep the others from stopping; the first failure is thrown at the end.
 */
@Injectable()
export class Lifecycle implements OnApplicationShutdown {
  private readonly consumers: Stop[] = [];
  private readonly pools: Stop[] = [];

  consumer(stop: Stop): void {
    this.consumers.push(stop);
  }

  pool(close: Stop): void {
    this.pools.push(close);
  }

  async onApplicationShutdown(): Promise<void> {
    const failures: unknown[] = [];
    for (const phase of [this.consumers, this.pools]) {
      const ended = await Promise.allSettled(phase.splice(0).map((stop) => stop()));
      for (const end of ended) if (end.status === 'rejected') failures.push(end.reason);
    }
    if (failures.length > 0) throw failures[0];
  }
}
