import type { Finding } from './health.ts';

/** What waits longer than this is behind. */
const FRESH_SECONDS = 60;

interface Following {
  /** behind by partition: records not applied, and the age of the oldest in seconds */
  lag(): Promise<readonly { readonly events: bigint; readonly seconds: number }[]>;
}

interface Owned {
  readonly topic: string;
  readonly partition: number;
  readonly halted?: string;
}

/**
 * Whether a consumer of the log keeps up: within a minute, and no partition halted. A halted one is named with its
 * reason also where the lag cannot be told, since what halts a partition (deleted records) often hides its lag.
 * @param owned partitions that this process has now
 */
export async function keepingUp(following: Following, owned: readonly Owned[]): Promise<Finding> {
  const still = owned.filter(({ halted }) => halted !== undefined);
  const halted =
    still.map(({ topic, partition, halted: why }) => `${topic}/${partition}: ${why}`).join('; ') || null;
  try {
    const lag = await following.lag();
    const seconds = Math.max(0, ...lag.map((each) => each.seconds));
    const events = Number(lag.reduce((sum, each) => sum + each.events, 0n));
    return { ok: seconds < FRESH_SECONDS && halted === null, detail: { events, seconds, halted } };
  } catch (error) {
    const lagUnknown = error instanceof Error ? error.message : String(error);
    return { ok: false, detail: { events: null, seconds: null, halted, lagUnknown } };
  }
}
