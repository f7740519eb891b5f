export * from './log.ts';
export * from './log.error.ts';
export { fingerprint } from './fingerprint.ts';
export { memoryLog, type MemoryLogOptions } from './memory-log.ts';
export { MemoryStore } from './memory-store.ts';
export { observedLog } from './observed-log.ts';
export { partitionOf } from './partition-of.ts';
export { readAll } from './read-all.ts';
export { postgresLog, type PostgresLogOptions } from './postgres/postgres-log.ts';
