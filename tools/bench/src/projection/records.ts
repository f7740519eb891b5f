import { randomBytes } from 'node:crypto';
import { TOPICS } from '@throughline/contracts';
import { kafkaLog } from '@throughline/log';
import { history, type HistoryRecord } from '../rebuild/history.ts';

export const PARTITIONS = 6;

/** Topics of this run alone, filled before anything is measured. */
export interface Filled {
  readonly brokers: readonly string[];
  readonly topics: readonly string[];
  readonly records: number;
}

/** Touches only: what the plain projection and the stock transport both turn into one row each. */
export function touches(count: number): HistoryRecord[] {
  const found: HistoryRecord[] = [];
  for (const record of history(count * 4)) {
    if (record.topic === 'journey.touches') found.push(record);
    if (found.length === count) break;
  }
  return found;
}

export async function fill(brokers: readonly string[], records: Iterable<HistoryRecord>): Promise<Filled> {
  const suffix = randomBytes(4).toString('hex');
  const name = (topic: string) => `${topic}.${suffix}`;
  const log = kafkaLog({ brokers, clientId: 'bench-fill' });
  try {
    const byTopic = Map.groupBy(records, ({ topic }) => topic);
    const topics = TOPICS.filter((topic) => byTopic.has(topic));
    await log.createTopics(topics.map((topic) => ({ name: name(topic), partitions: PARTITIONS })));
    let sent = 0;
    for (const topic of topics) {
      const those = byTopic.get(topic) ?? [];
      await log.send(name(topic), those, { timeoutMs: 60_000 });
      sent += those.length;
    }
    return { brokers, topics: topics.map(name), records: sent };
  } finally {
    await log.close();
  }
}

/** Holds consumers at their first records, so that joining a group is not measured. */
export class Gate {
  readonly arrived = Promise.withResolvers<null>();
  readonly opened = Promise.withResolvers<null>();

  async pass(): Promise<void> {
    this.arrived.resolve(null);
    await this.opened.promise;
  }
}
