import { randomUUID } from 'node:crypto';
import { MemoryLog, type MemoryLogOptions } from '../memory-log.ts';
import { MemoryStore } from '../memory-store.ts';
import type { Log } from '../log.ts';
import type { LogKit } from './log-kit.ts';

/** `make` is where a mutant is put in. */
export function memoryKit(
  make: (options: MemoryLogOptions) => Log = (options) => new MemoryLog(options),
): LogKit {
  const store = new MemoryStore();
  const logs: Log[] = [];
  const connect = () => {
    const log = make({ store, haltedMs: 200, batchSize: 2 });
    logs.push(log);
    return log;
  };
  const topic = async (partitions = 3) => {
    const name = `test.${randomUUID()}`;
    store.createTopic(name, partitions);
    return name;
  };
  return {
    kind: 'memory',
    connect,
    topic,
    deleteBefore: async (name, partition, offset) => store.deleteBefore(name, partition, offset),
    recreate: async (name, partitions) => store.createTopic(name, partitions),
    misconfigured: async () => ({
      topic: { name: await topic(2), partitions: 3 },
      setting: 'partitions',
      wanted: '3',
    }),
    connectSilenceable: async () => ({
      log: connect(),
      silence: async () => void (store.down = true),
      restore: async () => void (store.down = false),
    }),
    close: async () => {
      await Promise.all(logs.map((log) => log.close()));
    },
  };
}
