import type { Log, LogObserver } from './log.ts';

/** The same log with every send and every delivery seen by the observer: the one place where adapters are traced. */
export function observedLog<L extends Log>(log: L, observer: LogObserver | undefined): Log {
  if (!observer) return log;
  return {
    kind: log.kind,
    send: (topic, records, options) => observer.send(topic, records, () => log.send(topic, records, options)),
    marks: (topic) => log.marks(topic),
    read: (range) => log.read(range),
    subscribe: (subscription) =>
      log.subscribe({
        group: subscription.group,
        topics: subscription.topics,
        position: (topic, partition) => subscription.position(topic, partition),
        handle: (batch, signal) =>
          observer.receive({ ...batch, group: subscription.group }, () => subscription.handle(batch, signal)),
        halted: (topic, partition, reason) => subscription.halted?.(topic, partition, reason),
      }),
    createTopics: (topics) => log.createTopics(topics),
    checkTopics: (topics) => log.checkTopics(topics),
    close: () => log.close(),
  };
}
