export interface Spent {
  /** seconds by the clock */
  readonly wall: number;
  /** seconds of processor, all threads: what the work took whatever else ran */
  readonly cpu: number;
}

export class Timer {
  readonly #wall = performance.now();
  readonly #cpu = process.cpuUsage();

  stop(): Spent {
    const { user, system } = process.cpuUsage(this.#cpu);
    return { wall: (performance.now() - this.#wall) / 1_000, cpu: (user + system) / 1e6 };
  }
}

export function timed<T>(work: () => T): Spent & { readonly result: T } {
  const timer = new Timer();
  const result = work();
  return { ...timer.stop(), result };
}
