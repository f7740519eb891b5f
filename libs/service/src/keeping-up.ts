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
  readonly failing?: string;
}

/**
 * Whether a consumer of the log keeps up: within a minute, and no partition halted. A halted one is named with its
 * reason also where the lag cannot be told, since what halts a partition (deleted records) often hides its lag. A
 * batch that fails is tried again, so that its reason is told while the lag may still be short.
 * @param owned partitions that this process has now
 */
export async function keepingUp(following: Following, owned: readonly Owned[]): Promise<Finding> {
  const owns = owned.length;
  const halted = reasons(owned, 'halted');
  const failing = reasons(owned, 'failing');
  try {
    const lag = await following.lag();
    const seconds = Math.max(0, ...lag.map((each) => each.seconds));
    const events = Number(lag.reduce((sum, each) => sum + each.events, 0n));
    return {
      ok: seconds < FRESH_SECONDS && halted === null,
      detail: { events, seconds, owns, halted, failing },
    };
  } catch (error) {
    const lagUnknown = error instanceof Error ? error.message : String(error);
    return { ok: false, detail: { events: null, seconds: null, owns, halted, failing, lagUnknown } };
  }
}

/** Each reason once, with the partition that it is of, or how many. */
function reasons(owned: readonly Owned[], kind: 'halted' | 'failing'): string | null {
  const stopped = owned.flatMap(({ topic, partition, [kind]: reason }) =>
    reason === undefined ? [] : [{ partition: `${topic}/${partition}`, reason }],
  );
  const named = [...Map.groupBy(stopped, ({ reason }) => reason)].map(([reason, [first, ...more]]) => {
    const others = more.length === 0 ? '' : ` and ${more.length} more partitions`;
    return `${first?.partition}${others}: ${reason}`;
  });
  return named.length === 0 ? null : named.join('; ');
}
