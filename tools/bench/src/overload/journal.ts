import { fromRecord } from '@throughline/contracts';
import { readAll } from '@throughline/log';
import { isOk, type Answer } from '../load/exchange.ts';
import type { System } from '../system/system.ts';

/** One item of an answer: a fact with its id, or a decision with the events it led to. */
interface Item {
  readonly status: number;
  readonly id?: string;
  readonly events?: readonly { readonly id: string }[];
}

/** What a door has answered, to be held against the log. */
export class Journal {
  readonly #taken = new Set<string>();
  turnedAway = 0;
  withoutRetryAfter = 0;
  timedOut = 0;
  cutOff = 0;
  unforeseen = 0;

  get taken(): number {
    return this.#taken.size;
  }

  /** @returns whether the whole request was taken */
  add({ status, headers, body }: Answer): boolean {
    if (isOk(status)) {
      const items = (JSON.parse(body) as { readonly results: readonly Item[] }).results;
      for (const item of items) {
        if (!isOk(item.status)) this.unforeseen++;
        else for (const { id } of item.events ?? [{ id: item.id ?? '' }]) this.#taken.add(id);
      }
      return true;
    }
    if (status === 'timeout') this.timedOut++;
    else if (typeof status === 'string') this.cutOff++;
    else if (status === 429 || status === 503) {
      this.turnedAway++;
      if (!/^\d+$/.test(headers['retry-after'] ?? '')) this.withoutRetryAfter++;
    } else this.unforeseen++;
    return false;
  }

  /** How many of the items taken the topic does not hold, and how many it holds more than once. */
  async compareWith(system: System, topic: string): Promise<{ missing: number; repeated: number }> {
    const found = new Map<string, number>();
    const [log, close] = await system.openLog();
    try {
      for await (const { records } of readAll(log, topic)) {
        for (const record of records) {
          const { id } = fromRecord(record);
          if (this.#taken.has(id)) found.set(id, (found.get(id) ?? 0) + 1);
        }
      }
    } finally {
      await close();
    }
    const repeated = [...found.values()].filter((times) => times > 1).length;
    return { missing: this.#taken.size - found.size, repeated };
  }
}
