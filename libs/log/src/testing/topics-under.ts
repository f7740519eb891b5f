import type { Batch, Log, LogRecord, Placement } from '../log.ts';

/** The same log with topics and groups of its own: several tests share one broker and do not meet. */
export function topicsUnder(prefix: string, log: Log): Log {
  const stored = (name: string) => `${prefix}.${name}`;
  const plain = <T extends { readonly topic: string }>(of: T): T => ({
    ...of,
    topic: of.topic.slice(prefix.length + 1),
  });
  const batchOf = (batch: Batch): Batch => ({
    ...plain(batch),
    records: batch.records.map(plain<LogRecord>),
  });
  return {
    kind: log.kind,
    send: async (topic, records, options) =>
      (await log.send(stored(topic), records, options)).map(plain<Placement>),
    marks: (topic) => log.marks(stored(topic)),
    async *read(range) {
      for await (const batch of log.read({ ...range, topic: stored(range.topic) })) yield batchOf(batch);
    },
    subscribe: (subscription) =>
      log.subscribe({
        group: stored(subscription.group),
        topics: subscription.topics.map(stored),
        position: (topic, partition) => subscription.position(plain({ topic }).topic, partition),
        handle: (batch, signal) => subscription.handle(batchOf(batch), signal),
        halted: (topic, partition, reason) =>
          subscription.halted?.(plain({ topic }).topic, partition, reason),
      }),
    createTopics: (topics) => log.createTopics(topics.map((it) => ({ ...it, name: stored(it.name) }))),
    checkTopics: (topics) => log.checkTopics(topics.map((it) => ({ ...it, name: stored(it.name) }))),
    close: () => log.close(),
  };
}
