import { Injectable } from '@nestjs/common';

/** What one check found; `detail` holds figures for people, never secrets. */
export interface Finding {
  readonly ok: boolean;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

type Check = () => Promise<Finding>;

export interface HealthReport {
  readonly status: 'ok' | 'failing';
  readonly checks: Readonly<Record<string, Finding>>;
}

const CHECK_LIMIT_MS = 2_000;

/**
 * Where every module of a process contributes its checks, under names of its own (`touches.database`).
 * - ready: what the service needs to answer; a failing one takes it out of the load balancer.
 * - fresh: how far projections and relays are behind; a failing one alarms and takes nothing away.
 * A check that throws or takes longer than 2 s has failed. Each runs once at a time, however many ask.
 */
@Injectable()
export class Health {
  private readonly readiness = new Map<string, Check>();
  private readonly freshness = new Map<string, Check>();
  readonly #inHand = new Map<Check, Promise<Finding>>();
  private stopping = false;

  /** @throws Error when the name is taken */
  ready(name: string, check: Check): void {
    add(this.readiness, name, check);
  }

  /** @throws Error when the name is taken */
  fresh(name: string, check: Check): void {
    add(this.freshness, name, check);
  }

  /** From now on the process says it is not ready, so that no new work is sent to it. */
  stop(): void {
    this.stopping = true;
  }

  async readyReport(): Promise<HealthReport> {
    const report = await this.#run(this.readiness);
    if (!this.stopping) return report;
    return { status: 'failing', checks: { ...report.checks, stopping: { ok: false } } };
  }

  freshReport(): Promise<HealthReport> {
    return this.#run(this.freshness);
  }

  async #run(checks: ReadonlyMap<string, Check>): Promise<HealthReport> {
    const found = await Promise.all(
      [...checks].map(async ([name, check]) => [name, await limited(() => this.#once(check))] as const),
    );
    return {
      status: found.every(([, finding]) => finding.ok) ? 'ok' : 'failing',
      checks: Object.fromEntries(found),
    };
  }

  /** Joins the run of a check that has not ended, however many ask: one that hangs holds one connection, not all. */
  #once(check: Check): Promise<Finding> {
    const inHand = this.#inHand.get(check);
    if (inHand !== undefined) return inHand;
    const run = check().finally(() => this.#inHand.delete(check));
    this.#inHand.set(check, run);
    return run;
  }
}

function add(checks: Map<string, Check>, name: string, check: Check): void {
  if (checks.has(name))
    throw new Error(`Two health checks are called ${name}: give each module's its own prefix`);
  checks.set(name, check);
}

async function limited(check: Check): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, detail: { reason: 'no answer within 2 s' } }),
      CHECK_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([check(), late]);
  } catch (error) {
    return { ok: false, detail: { reason: error instanceof Error ? error.name : 'failed' } };
  } finally {
    clearTimeout(timer);
  }
}
